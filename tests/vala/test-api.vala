/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

void test_construction () {
  var context = new ZmqGlib.Context ();
  var socket = (ZmqGlib.Socket) Object.new (typeof (ZmqGlib.Socket),
                                            "context", context,
                                            "socket-type", ZmqGlib.SocketType.SUB,
                                            "subscriptions", new string[] { "a", "b" },
                                            "linger", 0);

  assert_true (socket.context == context);
  assert_true (socket.socket_type == ZmqGlib.SocketType.SUB);
  assert_true (socket.linger == 0);
  assert_true (socket.list_subscriptions ().length == 2);
  assert_true (context.n_sockets == 1);
}

void test_exchange () {
  try {
    var pull = new ZmqGlib.Socket (ZmqGlib.SocketType.PULL);
    var push = new ZmqGlib.Socket (ZmqGlib.SocketType.PUSH);
    var loop = new MainLoop ();
    string[] received = {};

    pull.bind ("tcp://127.0.0.1:*");
    push.connect_to (pull.list_bindings ()[0]);
    pull.message_received.connect ((message) => {
      try {
        received += string.joinv ("+", message.to_strv ());
      } catch (Error error) {
        assert_not_reached ();
      }
      if (received.length == 3)
        loop.quit ();
    });

    push.send_string ("one");
    push.send_data ("two".data);
    var message = new ZmqGlib.Message ();
    message.append_string ("three");
    message.append_bytes (new Bytes ("four".data));
    push.send (message);
    Timeout.add_seconds (20, () => { loop.quit (); return Source.REMOVE; });
    loop.run ();

    assert_true (string.joinv (" ", received) == "one two three+four");
  } catch (Error error) {
    assert_not_reached ();
  }
}

void test_errors () {
  try {
    new ZmqGlib.Socket (ZmqGlib.SocketType.REP).send_string ("unasked");
    assert_not_reached ();
  } catch (ZmqGlib.Error.STATE error) {
    assert_true (error.message.contains ("REP"));
  } catch (Error error) {
    assert_not_reached ();
  }

  try {
    new ZmqGlib.Socket (ZmqGlib.SocketType.PULL).bind ("tcp://127.0.0.1:99999");
    assert_not_reached ();
  } catch (IOError.INVALID_ARGUMENT error) {
    assert_true (error.message.contains ("tcp://127.0.0.1:99999"));
  } catch (Error error) {
    assert_not_reached ();
  }
}

void test_receive () {
  try {
    var pull = new ZmqGlib.Socket (ZmqGlib.SocketType.PULL);
    var push = new ZmqGlib.Socket (ZmqGlib.SocketType.PUSH);

    pull.bind ("inproc://vala");
    push.connect_to ("inproc://vala");
    push.send_string ("one");
    push.send_string ("two");
    push.send_string ("three");
    assert_true (pull.try_receive ().get_string (0) == "one");
    assert_true (pull.try_receive_data ().length == 3);
    var rest = pull.receive_many (10);
    assert_true (rest.length == 1);
    assert_true (rest[0].get_string (0) == "three");
  } catch (Error error) {
    assert_not_reached ();
  }
}

async bool connect_and_wait (ZmqGlib.Socket pull, ZmqGlib.Socket push) throws Error {
  push.connect_to (pull.last_endpoint);
  yield pull.wait_connected_async (1);

  return yield push.wait_connected_with_timeout_async (1, 10000);
}

void test_peers () {
  try {
    var pull = (ZmqGlib.Socket) Object.new (typeof (ZmqGlib.Socket),
                                            "socket-type", ZmqGlib.SocketType.PULL,
                                            "monitored", true);
    var push = new ZmqGlib.Socket (ZmqGlib.SocketType.PUSH);
    var loop = new MainLoop ();
    var n_accepted = 0;

    pull.connection_event["accepted"].connect ((event) => {
      assert_true (event.get_kind () == ZmqGlib.ConnectionEventKind.ACCEPTED);
      assert_true (event.get_peer ().is_incoming ());
      n_accepted++;
    });
    pull.bind ("tcp://127.0.0.1:*");
    connect_and_wait.begin (pull, push, (object, result) => {
      try {
        assert_true (connect_and_wait.end (result));
      } catch (Error error) {
        assert_not_reached ();
      }
      loop.quit ();
    });
    Timeout.add_seconds (20, () => { loop.quit (); return Source.REMOVE; });
    loop.run ();

    assert_true (n_accepted == 1);
    assert_true (pull.n_peers == 1);
    assert_true (pull.list_peers ().length == 1);
  } catch (Error error) {
    assert_not_reached ();
  }
}

int main (string[] args) {
  Test.init (ref args);

  Test.add_func ("/vala/construction", test_construction);
  Test.add_func ("/vala/exchange", test_exchange);
  Test.add_func ("/vala/receive", test_receive);
  Test.add_func ("/vala/errors", test_errors);
  Test.add_func ("/vala/async/exchange", test_async_exchange);
  Test.add_func ("/vala/async/errors", test_async_errors);
  Test.add_func ("/vala/async/close", test_async_close);
  Test.add_func ("/vala/async/push-write", test_async_push_write);
  Test.add_func ("/vala/async/source", test_async_source);
  add_security ();
  Test.add_func ("/vala/peers", test_peers);

  return Test.run ();
}

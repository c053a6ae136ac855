/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

void run_async (string name, owned SourceFunc is_done) {
  var late = false;
  var id = Timeout.add_seconds (20, () => { late = true; return Source.CONTINUE; });

  while (!is_done () && !late)
    MainContext.default ().iteration (true);
  Source.remove (id);
  if (late)
    error ("%s: not in time", name);
}

ZmqGlib.Socket make_sender () throws Error {
  var socket = new ZmqGlib.Socket (ZmqGlib.SocketType.PUSH);

  // Bound, with no peer: libzmq takes nothing
  socket.bind ("tcp://127.0.0.1:*");
  return socket;
}

async string exchange () throws Error {
  var one = new ZmqGlib.Socket (ZmqGlib.SocketType.PAIR);
  var other = new ZmqGlib.Socket (ZmqGlib.SocketType.PAIR);
  uint n_unsent;

  one.bind ("inproc://vala-async");
  other.connect_to ("inproc://vala-async");
  yield one.send_async (new ZmqGlib.Message.string ("question"));
  var question = yield other.receive_async ();
  yield other.send_with_timeout_async (
    new ZmqGlib.Message.string (question.get_string (0) + "?"), 1000);
  yield other.flush_async ();
  var answer = yield one.receive_with_timeout_async (1000);
  assert_true (yield one.close_async (null, out n_unsent));
  assert_true (n_unsent == 0);
  assert_true (one.is_closed ());

  return answer.get_string (0);
}

void test_async_exchange () {
  string? answer = null;

  exchange.begin ((object, result) => {
    try {
      answer = exchange.end (result);
    } catch (Error error) {
      assert_not_reached ();
    }
  });
  run_async ("exchange", () => answer != null);
  assert_true (answer == "question?");
}

// Not an argument: valac would give it to the task of this function, too
Cancellable? cancellable_of_fail;

async int fail (ZmqGlib.Socket socket, int timeout) {
  try {
    if (timeout >= 0)
      yield socket.receive_with_timeout_async (timeout, cancellable_of_fail);
    else
      yield socket.receive_async (cancellable_of_fail);
  } catch (IOError error) {
    return error.code;
  } catch (Error error) {
    assert_not_reached ();
  }

  return -1;
}

void test_async_errors () {
  var socket = new_pair ();
  var codes = new GenericArray<int> ();

  fail.begin (socket, 20, (object, result) => { codes.add (fail.end (result)); });
  cancellable_of_fail = new Cancellable ();
  fail.begin (socket, -1, (object, result) => { codes.add (fail.end (result)); });
  run_async ("timeout", () => codes.length == 1);
  cancellable_of_fail.cancel ();
  run_async ("cancel", () => codes.length == 2);
  cancellable_of_fail = null;
  fail.begin (socket, -1, (object, result) => { codes.add (fail.end (result)); });
  socket.close ();
  run_async ("close", () => codes.length == 3);
  assert_true (codes[0] == IOError.TIMED_OUT);
  assert_true (codes[1] == IOError.CANCELLED);
  assert_true (codes[2] == IOError.CLOSED);
}

ZmqGlib.Socket new_pair () {
  try {
    return new ZmqGlib.Socket (ZmqGlib.SocketType.PAIR);
  } catch (Error error) {
    assert_not_reached ();
  }
}

async uint drain (ZmqGlib.Socket socket) throws Error {
  uint n_unsent;

  yield socket.close_async (null, out n_unsent);
  return n_unsent;
}

void test_async_close () {
  try {
    var socket = make_sender ();
    uint n_failed = 0;
    var n_unsent = uint.MAX;

    socket.linger = 20;
    socket.send_failed.connect ((message, error) => { n_failed++; });
    socket.send_string ("one");
    socket.send_async.begin (new ZmqGlib.Message.string ("two"));
    drain.begin (socket, (object, result) => {
      try {
        n_unsent = drain.end (result);
      } catch (Error error) {
        assert_not_reached ();
      }
    });
    run_async ("close", () => n_unsent != uint.MAX);
    assert_true (n_unsent == 2);
    assert_true (n_failed == 1);
  } catch (Error error) {
    assert_not_reached ();
  }
}

void test_async_push_write () {
  try {
    var socket = make_sender ();
    var pull = new ZmqGlib.Socket (ZmqGlib.SocketType.PULL);
    int made = 0;
    int received = 0;

    socket.push_write ((one) => {
      assert_true (one == socket);
      return made < 20 ? new ZmqGlib.Message.string ((made++).to_string ()) : null;
    });
    pull.message_received.connect ((message) => {
      try {
        assert_true (message.get_string (0) == (received++).to_string ());
      } catch (Error error) {
        assert_not_reached ();
      }
    });
    while (MainContext.default ().iteration (false));
    assert_true (made == 0);
    pull.connect_to (socket.list_bindings ()[0]);
    run_async ("produce", () => received == 20);
    assert_true (made == 20);
  } catch (Error error) {
    assert_not_reached ();
  }
}

void test_async_source () {
  try {
    var one = new_pair ();
    var other = new_pair ();
    int n_called = 0;
    ZmqGlib.SocketSourceFunc func = (socket, condition) => {
      assert_true (socket == one);
      assert_true (condition == IOCondition.IN);
      n_called++;
      return Source.REMOVE;
    };

    one.bind ("inproc://vala-source");
    other.connect_to ("inproc://vala-source");
    var source = one.create_source (IOCondition.IN);
    source.set_callback ((SourceFunc) func);
    source.attach (null);
    while (MainContext.default ().iteration (false));
    assert_true (n_called == 0);
    other.send_string ("text");
    run_async ("source", () => n_called == 1);
    assert_true (source.is_destroyed ());
  } catch (Error error) {
    assert_not_reached ();
  }
}

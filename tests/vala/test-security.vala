/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

void test_certificate () {
  try {
    FileIOStream stream;
    var file = File.new_tmp ("zmqg-XXXXXX", out stream);
    var certificate = new ZmqGlib.Certificate ();
    ZmqGlib.Certificate? loaded = null;
    var loop = new MainLoop ();

    certificate.set_metadata ("name", "a");
    certificate.save_secret (file);
    ZmqGlib.Certificate.load_async.begin (file, null, (_, result) => {
      try {
        loaded = ZmqGlib.Certificate.load_async.end (result);
      } catch (Error error) {
        assert_not_reached ();
      }
      loop.quit ();
    });
    loop.run ();
    file.delete ();

    assert_true (loaded.public_key == certificate.public_key);
    assert_true (loaded.has_secret_key ());
    assert_true (loaded.get_metadata ("name") == "a");
    assert_true (loaded.list_metadata ().length == 1);
  } catch (Error error) {
    assert_not_reached ();
  }

  try {
    new ZmqGlib.Certificate.from_keys ("short", null);
    assert_not_reached ();
  } catch (IOError.INVALID_ARGUMENT error) {
    assert_true (error.message.contains ("public key"));
  } catch (Error error) {
    assert_not_reached ();
  }
}

void test_endpoints () {
  try {
    var certificate = new ZmqGlib.Certificate ();
    var socket = new ZmqGlib.Socket (ZmqGlib.SocketType.PUSH);
    var loop = new MainLoop ();
    string[] names;

    assert_true (ZmqGlib.listen_fds (out names).length == 0);
    socket.set_curve_client (certificate, certificate.public_key);
    socket.connect_to_async.begin ("tcp://localhost:5555", null, (_, result) => {
      try {
        socket.connect_to_async.end (result);
      } catch (Error error) {
        assert_not_reached ();
      }
      loop.quit ();
    });
    loop.run ();
    assert_true (socket.list_connections ()[0] == "tcp://localhost:5555");
    socket.bind_fd (-1, null);
    assert_not_reached ();
  } catch (IOError.INVALID_ARGUMENT error) {
    assert_true (error.message.contains ("-1"));
  } catch (Error error) {
    assert_not_reached ();
  }
}

void add_security () {
  Test.add_func ("/vala/certificate", test_certificate);
  Test.add_func ("/vala/endpoints", test_endpoints);
  Test.add_func ("/vala/authenticator", test_authenticator);
}

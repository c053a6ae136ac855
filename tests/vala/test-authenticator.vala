/*
 * SPDX-FileCopyrightText: 2026 The zmqglib developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

void test_authenticator () {
  try {
    var context = new ZmqGlib.Context ();
    var authenticator = new ZmqGlib.Authenticator (context);
    var server = new ZmqGlib.Socket.with_context (context, ZmqGlib.SocketType.PULL);
    var client = new ZmqGlib.Socket (ZmqGlib.SocketType.PUSH);
    var loop = new MainLoop ();
    string? user_id = null;
    string? refused = null;

    authenticator.deny_address (null, "192.0.2.0/24");
    authenticator.add_plain_user ("other", "ann", "secret");
    authenticator.authenticate.connect (request => {
      assert_true (request.mechanism == "PLAIN");
      assert_true (request.username == "ann");
      assert_true (request.get_password () == "secret");
      /* Later, by the reference that this closure holds */
      Timeout.add (10, () => {
        assert_true (request.accept ("vala"));
        return Source.REMOVE;
      });
    });
    authenticator.refused.connect ((request, reason) => {
      refused = reason;
    });
    server.plain_server = true;
    server.bind ("tcp://127.0.0.1:*");
    server.message_received.connect (message => {
      user_id = message.get_metadata ("User-Id");
      loop.quit ();
    });
    client.plain_username = "ann";
    client.plain_password = "secret";
    client.connect_to (server.last_endpoint);
    client.send_string ("hello");
    loop.run ();
    assert_true (user_id == "vala");
    assert_true (refused == null);
    assert_true (authenticator.n_admitted == 1);

    authenticator.stop ();
    assert_true (!authenticator.running);
    client.close ();
    server.close ();
  } catch (Error error) {
    assert_not_reached ();
  }
}

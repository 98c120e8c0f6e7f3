package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.testkit.server.DatabaseServer;
import java.sql.Connection;
import java.sql.SQLException;

/** What the demo does differently for each engine. */
interface DemoServer extends AutoCloseable {

  DatabaseServer server();

  /** How passwords are protected on their way and where they are kept. */
  String protection();

  /** A new connection over verified TLS. */
  Connection connect(String user, Secret password) throws SQLException;

  /** Whether the server said that the password is wrong. */
  boolean isRefusal(SQLException failure);

  /**
   * Makes a user as the strategy needs them, and has the server log every statement from then on.
   *
   * @param password needs no quoting
   */
  void createUser(Connection superuser, String user, Secret password, Strategy strategy)
      throws SQLException;

  /** The part of a secret that says where the server is. */
  ObjectNode address();

  /** Whether the strategy reads a superuser secret. */
  boolean needsSuperuser(Strategy strategy);

  RotationHandler handler(Strategy strategy, RotationSettings settings);

  /** How to log in as the user from a shell. */
  String shell(String user);

  @Override
  default void close() {
    server().close();
  }
}

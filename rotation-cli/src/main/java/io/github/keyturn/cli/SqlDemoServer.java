package io.github.keyturn.cli;

import io.github.keyturn.Secret;
import io.github.keyturn.testkit.server.DatabaseServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A server that is spoken to by JDBC. */
interface SqlDemoServer extends DemoServer {

  DatabaseServer server();

  /** A new connection over verified TLS. */
  Connection connect(String user, Secret password) throws SQLException;

  /** Whether the server said that the password is wrong. */
  boolean isRefusal(SQLException failure);

  void createUser(Connection superuser, Secret password) throws SQLException;

  @Override
  default String place() {
    return "on %s:%d".formatted(server().host(), server().port());
  }

  @Override
  default Path caBundle() {
    return server().caBundle();
  }

  @Override
  default void createUser(Secret password) throws SQLException {
    try (Connection connection = connect(superuser(), superuserPassword())) {
      createUser(connection, password);
    }
  }

  @Override
  default String superuser() {
    return server().superuser();
  }

  @Override
  default Secret superuserPassword() {
    return server().superuserPassword();
  }

  @Override
  default boolean logsIn(String user, Secret password) throws SQLException {
    try {
      connect(user, password).close();
      return true;
    } catch (SQLException e) {
      if (isRefusal(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  default List<String> logs() {
    return List.of(server().log());
  }

  @Override
  default void close() {
    server().close();
  }
}

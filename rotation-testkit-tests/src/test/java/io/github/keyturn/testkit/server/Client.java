package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** What a client of a server sees. */
final class Client {

  private Client() {}

  static Connection connect(PostgresServer server) throws SQLException {
    return connect(server, server.superuserPassword(), "prefer", server.caBundle());
  }

  static Connection verified(PostgresServer server, Path caBundle) throws SQLException {
    return connect(server, server.superuserPassword(), "verify-full", caBundle);
  }

  static Connection connect(PostgresServer server, Secret password, String sslMode, Path caBundle)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", server.superuser());
    properties.setProperty("password", password.reveal());
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("sslrootcert", caBundle.toString());
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/postgres".formatted(server.host(), server.port()), properties);
  }

  static String ask(PostgresServer server, String query) throws SQLException {
    try (Connection connection = connect(server)) {
      return ask(connection, query);
    }
  }

  static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getString(1);
    }
  }

  static void execute(PostgresServer server, String command) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }
}

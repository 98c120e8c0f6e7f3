package io.github.keyturn.postgres;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.server.PostgresServer;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.postgresql.ds.PGSimpleDataSource;

/** Users of a real server, for a contract: many, fast, without TLS. */
final class PostgresAccounts {

  private static final String REFUSED = "28P01";

  private final PostgresServer server;

  PostgresAccounts(PostgresServer server) {
    this.server = server;
  }

  Optional<InetSocketAddress> address() {
    return Optional.of(new InetSocketAddress(server.host(), server.port()));
  }

  SecretDocument create(InetSocketAddress address) throws SQLException {
    String user = "c" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    String password = "first-" + UUID.randomUUID();
    execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(user, password));
    return secret(address, user, password);
  }

  SecretDocument superuser(InetSocketAddress address) {
    return secret(address, server.superuser(), server.superuserPassword().reveal());
  }

  private static SecretDocument secret(InetSocketAddress address, String user, String password) {
    return SecretDocument.parse(
        Secret.of(
            """
            {"engine": "postgres", "host": "%s", "port": %d, "ssl": false, "username": "%s",
             "password": "%s"}"""
                .formatted(address.getHostString(), address.getPort(), user, password)));
  }

  boolean logsIn(SecretDocument login) throws SQLException {
    try (Connection connection = connect(login.text("username"), login.text("password"))) {
      return connection != null;
    } catch (SQLException e) {
      if (REFUSED.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /** The users of the account: itself, and its clone if it has one. */
  Set<String> users(SecretDocument current) throws SQLException {
    String original = current.text("username").replace("_clone", "");
    Set<String> users = new HashSet<>();
    try (Connection connection = connect(server.superuser(), server.superuserPassword().reveal());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT rolname FROM pg_roles WHERE rolcanlogin AND starts_with(rolname, '%s')"
                    .formatted(original))) {
      while (rows.next()) {
        users.add(rows.getString(1));
      }
    }
    return users;
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = connect(server.superuser(), server.superuserPassword().reveal());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect(String user, String password) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {server.host()});
    source.setPortNumbers(new int[] {server.port()});
    source.setSslMode("disable");
    source.setDatabaseName("postgres");
    return source.getConnection(user, password);
  }
}

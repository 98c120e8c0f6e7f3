package io.github.keyturn.mysql;

import com.mysql.cj.jdbc.NonRegisteringDriver;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/** Users of a real server, for a contract: many, fast, without TLS, seen by MySQL's own driver. */
final class MysqlAccounts {

  private static final int REFUSED = 1045;

  private final MysqlProtocolServer server;

  MysqlAccounts(MysqlProtocolServer server) {
    this.server = server;
  }

  Optional<InetSocketAddress> address() {
    return Optional.of(new InetSocketAddress(server.host(), server.port()));
  }

  SecretDocument create(InetSocketAddress address, String... rights) throws SQLException {
    String user = "c" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    String password = "first-" + UUID.randomUUID();
    execute("CREATE USER %s IDENTIFIED BY '%s'".formatted(user, password));
    for (String right : rights) {
      execute("GRANT %s TO %s".formatted(right, user));
    }
    return secret(address, user, password);
  }

  SecretDocument superuser(InetSocketAddress address) {
    return secret(address, server.superuser(), server.superuserPassword().reveal());
  }

  private SecretDocument secret(InetSocketAddress address, String user, String password) {
    return SecretDocument.parse(
        Secret.of(
            """
            {"engine": "%s", "host": "%s", "port": %d, "ssl": false, "username": "%s",
             "password": "%s"}"""
                .formatted(
                    server instanceof MariaDbServer ? "mariadb" : "mysql",
                    address.getHostString(),
                    address.getPort(),
                    user,
                    password)));
  }

  boolean logsIn(SecretDocument login) throws SQLException {
    try (Connection connection = connect(login.text("username"), login.text("password"))) {
      return connection != null;
    } catch (SQLException e) {
      if (e.getErrorCode() == REFUSED) {
        return false;
      }
      throw e;
    }
  }

  /** The users of the account: itself, and its clone if it has one. */
  Set<String> users(SecretDocument current) throws SQLException {
    String original = current.text("username").replace("_clone", "");
    Set<String> users = new HashSet<>();
    try (Connection connection = asSuperuser();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT User FROM mysql.user WHERE User LIKE '%s%%'".formatted(original))) {
      while (rows.next()) {
        users.add(rows.getString(1));
      }
    }
    return users;
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = asSuperuser();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection asSuperuser() throws SQLException {
    return connect(server.superuser(), server.superuserPassword().reveal());
  }

  private Connection connect(String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", "DISABLED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return new NonRegisteringDriver()
        .connect("jdbc:mysql://%s:%d/".formatted(server.host(), server.port()), properties);
  }
}

package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.mysql.MysqlAlternatingUsersRotationHandler;
import io.github.keyturn.mysql.MysqlDualPasswordRotationHandler;
import io.github.keyturn.mysql.MysqlSingleUserRotationHandler;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.mariadb.jdbc.MariaDbDataSource;

/** A MySQL or a MariaDB for the demo. */
final class MysqlDemoServer implements SqlDemoServer {

  private static final int ACCESS_DENIED = 1045;

  private final MysqlProtocolServer server;
  private final String engine;
  private final String protection;
  private final Strategy strategy;

  private MysqlDemoServer(
      MysqlProtocolServer server, String engine, String protection, Strategy strategy) {
    this.server = server;
    this.engine = engine;
    this.protection = protection;
    this.strategy = strategy;
  }

  static MysqlDemoServer mysql(Strategy strategy) {
    return new MysqlDemoServer(
        MysqlServer.start(), "mysql", "TLS and caching_sha2_password", strategy);
  }

  static MysqlDemoServer mariaDb(Strategy strategy) {
    return new MysqlDemoServer(
        MariaDbServer.start(), "mariadb", "TLS and mysql_native_password", strategy);
  }

  /** With a right of MySQL's; on MariaDB a superuser does it. */
  private boolean usersCanKeepTwoPasswords() {
    return server instanceof MysqlServer;
  }

  @Override
  public MysqlProtocolServer server() {
    return server;
  }

  @Override
  public String protection() {
    return protection;
  }

  @Override
  public Connection connect(String user, Secret password) throws SQLException {
    MariaDbDataSource source =
        new MariaDbDataSource(
            "jdbc:mariadb://%s:%d/?sslMode=verify-full&serverSslCert=%s"
                .formatted(server.host(), server.port(), server.caBundle()));
    return source.getConnection(user, password.reveal());
  }

  @Override
  public boolean isRefusal(SQLException failure) {
    return failure.getErrorCode() == ACCESS_DENIED;
  }

  @Override
  public void createUser(Connection superuser, Secret password) throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute("CREATE USER %s IDENTIFIED BY '%s'".formatted(user(), password.reveal()));
      if (strategy == Strategy.DUAL_PASSWORD && usersCanKeepTwoPasswords()) {
        statement.execute("GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO " + user());
      }
      statement.execute("SET GLOBAL general_log = ON");
    }
  }

  @Override
  public ObjectNode address() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", engine)
        .put("host", server.host())
        .put("port", server.port());
  }

  @Override
  public boolean needsSuperuser() {
    return strategy == Strategy.ALTERNATING_USERS
        || (strategy == Strategy.DUAL_PASSWORD && !usersCanKeepTwoPasswords());
  }

  @Override
  public RotationHandler handler(RotationSettings settings) {
    return switch (strategy) {
      case DUAL_PASSWORD -> new MysqlDualPasswordRotationHandler(settings);
      case SINGLE_USER -> new MysqlSingleUserRotationHandler(settings);
      case ALTERNATING_USERS -> new MysqlAlternatingUsersRotationHandler(settings);
      case ACL_USER, REQUIREPASS -> throw new IllegalArgumentException(strategy + " is of Redis");
    };
  }

  @Override
  public String shell() {
    return "mysql --host=%s --port=%d --user=%s --password --ssl-ca=%s"
        .formatted(server.host(), server.port(), user(), server.caBundle());
  }
}

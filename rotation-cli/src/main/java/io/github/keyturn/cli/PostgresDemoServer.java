package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.postgres.PostgresAlternatingUsersRotationHandler;
import io.github.keyturn.postgres.PostgresSingleUserRotationHandler;
import io.github.keyturn.testkit.server.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL for the demo. */
final class PostgresDemoServer implements SqlDemoServer {

  private static final String WRONG_PASSWORD = "28P01";

  private final PostgresServer server = PostgresServer.start();
  private final Strategy strategy;

  PostgresDemoServer(Strategy strategy) {
    this.strategy = strategy;
  }

  @Override
  public PostgresServer server() {
    return server;
  }

  @Override
  public String protection() {
    return "TLS and SCRAM passwords";
  }

  @Override
  public Connection connect(String user, Secret password) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {server.host()});
    source.setPortNumbers(new int[] {server.port()});
    source.setDatabaseName("postgres");
    source.setSslMode("verify-full");
    source.setSslRootCert(server.caBundle().toString());
    return source.getConnection(user, password.reveal());
  }

  @Override
  public boolean isRefusal(SQLException failure) {
    return WRONG_PASSWORD.equals(failure.getSQLState());
  }

  @Override
  public void createUser(Connection superuser, Secret password) throws SQLException {
    try (Statement statement = superuser.createStatement()) {
      statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(user(), password.reveal()));
      statement.execute("ALTER SYSTEM SET log_statement = 'all'");
      statement.execute("SELECT pg_reload_conf()");
    }
  }

  @Override
  public ObjectNode address() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", "postgres")
        .put("host", server.host())
        .put("port", server.port())
        .put("dbname", "postgres");
  }

  @Override
  public boolean needsSuperuser() {
    return strategy == Strategy.ALTERNATING_USERS;
  }

  @Override
  public RotationHandler handler(RotationSettings settings) {
    return switch (strategy) {
      case SINGLE_USER -> new PostgresSingleUserRotationHandler(settings);
      case ALTERNATING_USERS -> new PostgresAlternatingUsersRotationHandler(settings);
      default -> throw new IllegalArgumentException("PostgreSQL holds one password");
    };
  }

  @Override
  public String shell() {
    return "psql \"host=%s port=%d dbname=postgres user=%s sslmode=verify-full sslrootcert=%s\""
        .formatted(server.host(), server.port(), user(), server.caBundle());
  }
}

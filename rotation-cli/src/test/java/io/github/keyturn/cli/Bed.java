package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.postgres.PostgresSingleUserRotationHandler;
import io.github.keyturn.testkit.server.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.postgresql.ds.PGSimpleDataSource;

/** A user of the shared server, and its secret in a Secrets Manager with an endpoint. */
final class Bed implements AutoCloseable {

  static final String SECRET = "cli/app";

  private final PostgresServer server;
  private final String user = "cli_" + UUID.randomUUID().toString().replace("-", "");
  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final LocalEndpoint endpoint;

  Bed(PostgresServer server, boolean tls) throws IOException, SQLException {
    this.server = server;
    endpoint = secrets.listen(0);
    String password = UUID.randomUUID().toString();
    asSuperuser("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(user, password));
    ObjectNode secret =
        JsonNodeFactory.instance
            .objectNode()
            .put("engine", "postgres")
            .put("host", server.host())
            .put("port", server.port())
            .put("dbname", "postgres")
            .put("username", user)
            .put("password", password)
            .put("ssl", tls);
    secrets.createSecret(SECRET, Secret.of(secret.toString()));
  }

  String endpoint() {
    return endpoint.url().toString();
  }

  Cli rotate(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("rotate", "--secret-id", SECRET, "--endpoint-url", endpoint()));
    arguments.addAll(List.of(options));
    return Cli.run(arguments.toArray(String[]::new));
  }

  /** Leaves a rotation unfinished after these steps; returns its token. */
  String abandonAfter(Step... steps) throws Exception {
    String token = secrets.stage(SECRET);
    RotationHandler handler =
        new PostgresSingleUserRotationHandler(RotationSettings.from(Map.of()), secrets.store());
    HandlerFunction function = HandlerFunction.of(handler, Duration.ofSeconds(30), line -> {});
    for (Step step : steps) {
      function.invoke(HandlerFunction.event(step, SECRET, token));
    }
    return token;
  }

  void cancelRotation() {
    secrets.call(
        "CancelRotateSecret", JsonNodeFactory.instance.objectNode().put("SecretId", SECRET));
  }

  void changePasswordBehindOurBack() throws SQLException {
    asSuperuser("ALTER ROLE %s PASSWORD '%s'".formatted(user, UUID.randomUUID()));
  }

  SecretDescription describe() {
    return secrets.store().describe(SECRET);
  }

  String current() {
    return describe().versionWith("AWSCURRENT").orElseThrow();
  }

  boolean logsIn(String version) {
    try {
      connect(user, document(version).secret("password")).close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Every password that the secret ever had. */
  List<String> passwords() {
    return describe().labels().keySet().stream()
        .map(version -> document(version).secret("password").reveal())
        .toList();
  }

  private SecretDocument document(String version) {
    return SecretDocument.parse(secrets.store().read(SECRET, version).orElseThrow());
  }

  private void asSuperuser(String sql) throws SQLException {
    try (Connection superuser = connect(server.superuser(), server.superuserPassword());
        Statement statement = superuser.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect(String login, Secret password) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {server.host()});
    source.setPortNumbers(new int[] {server.port()});
    source.setDatabaseName("postgres");
    return source.getConnection(login, password.reveal());
  }

  @Override
  public void close() throws SQLException {
    secrets.close();
    asSuperuser("DROP ROLE " + user);
  }
}

package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.RotationResult;
import io.github.keyturn.postgres.PostgresAlternatingUsersRotationHandler;
import io.github.keyturn.postgres.PostgresSingleUserRotationHandler;
import io.github.keyturn.testkit.server.PostgresServer;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** Rotates the user {@code app} of a PostgreSQL that lives as long as the demo. */
final class PostgresDemo {

  private static final String SECRET = "demo/app";
  private static final String SUPERUSER_SECRET = "demo/superuser";
  private static final String FUNCTION = "keyturn-demo";
  private static final String USER = "app";

  private static final String WRONG_PASSWORD = "28P01";
  private static final int ATTEMPTS = 2;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Strategy strategy;
  private final Output output;
  private final Interruption interruption;

  PostgresDemo(Strategy strategy, Output output, Interruption interruption) {
    this.strategy = strategy;
    this.output = output;
    this.interruption = interruption;
  }

  int run(boolean keep) throws Exception {
    output.headline("A real PostgreSQL and a local Secrets Manager");
    try (PostgresServer server = PostgresServer.start();
        LocalSecretsManager secrets =
            LocalSecretsManager.builder()
                .attempts(ATTEMPTS, PAUSE)
                .listener(new Progress(output))
                .open();
        LocalEndpoint endpoint = secrets.listen(0)) {
      AwsEnvironment.useOwn(endpoint.url());
      output.good(
          "PostgreSQL on %s:%d, with TLS and SCRAM passwords"
              .formatted(server.host(), server.port()));
      output.good("Secrets Manager on " + endpoint.url());
      CrashingFunction function = new CrashingFunction(function(server, endpoint.url()));
      secrets.register(FUNCTION, function);
      createUserAndSecret(server, secrets);
      output.good("user '%s' and secret %s, strategy %s".formatted(USER, SECRET, strategy));

      rotateOnce(server, secrets);
      rotateThroughCrash(server, secrets, function);

      if (keep) {
        printCommands(server, endpoint.url());
        interruption.await();
      }
    }
    return 0;
  }

  private void rotateOnce(PostgresServer server, LocalSecretsManager secrets) throws Exception {
    output.headline("A rotation");
    SecretDocument before = current(secrets);
    requireSucceeded(rotate(secrets));
    SecretDocument after = current(secrets);
    requireLogsIn(server, after, "AWSCURRENT");
    if (logsIn(server, before)) {
      output.good(
          "the old value ('%s') still logs in: clients change over in their own time"
              .formatted(before.text("username")));
    } else {
      output.good("the old value is refused for new logins: a single user has one password");
    }
  }

  private void rotateThroughCrash(
      PostgresServer server, LocalSecretsManager secrets, CrashingFunction function)
      throws Exception {
    output.headline("A rotation that dies between setSecret and finishSecret, on every try");
    function.crashAfterSet(true);
    RotationResult crashed = rotate(secrets);
    function.crashAfterSet(false);
    SecretDocument abandoned = version(secrets, crashed.token());
    output.line("");
    requireLogsIn(server, abandoned, "the abandoned version " + Output.shorten(crashed.token()));
    output.note(
        logsIn(server, current(secrets))
            ? "AWSCURRENT still logs in too: the crash hit the other user of the pair"
            : "AWSCURRENT is refused now: the server has the password of the abandoned version");

    output.headline("An operator drops AWSPENDING and rotates again, with a new token");
    secrets.call(
        "UpdateSecretVersionStage",
        request().put("VersionStage", "AWSPENDING").put("RemoveFromVersionId", crashed.token()));
    requireSucceeded(rotate(secrets));
    requireLogsIn(server, current(secrets), "AWSCURRENT");
    switch (strategy) {
      case SINGLE_USER ->
          output.good(
              "recovered: the abandoned version %s was the login that set the new password"
                  .formatted(Output.shorten(crashed.token())));
      case ALTERNATING_USERS -> {
        requireLogsIn(server, previous(secrets), "AWSPREVIOUS");
        output.good("recovered: AWSCURRENT never failed, and both users of the pair log in");
      }
    }
  }

  private HandlerFunction function(PostgresServer server, URI endpoint) {
    RotationSettings settings =
        RotationSettings.from(
            Map.of(
                "SECRETS_MANAGER_ENDPOINT",
                endpoint.toString(),
                "TLS_CA_BUNDLE",
                server.caBundle().toString()));
    RotationHandler handler =
        switch (strategy) {
          case SINGLE_USER -> new PostgresSingleUserRotationHandler(settings);
          case ALTERNATING_USERS -> new PostgresAlternatingUsersRotationHandler(settings);
        };
    return HandlerFunction.of(handler, Duration.ofMinutes(1), line -> {});
  }

  private void createUserAndSecret(PostgresServer server, LocalSecretsManager secrets)
      throws SQLException {
    String password = randomPassword();
    try (Connection superuser = connect(server, server.superuser(), server.superuserPassword());
        Statement statement = superuser.createStatement()) {
      // made up here from hexadecimal digits, so it needs no quoting
      statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(USER, password));
    }
    ObjectNode secret = database(server, USER, Secret.of(password));
    if (strategy == Strategy.ALTERNATING_USERS) {
      secret.put(
          "masterarn",
          secrets.createSecret(
              SUPERUSER_SECRET,
              Secret.of(
                  database(server, server.superuser(), server.superuserPassword()).toString())));
    }
    secrets.createSecret(SECRET, Secret.of(secret.toString()));
  }

  private static ObjectNode database(PostgresServer server, String user, Secret password) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", "postgres")
        .put("host", server.host())
        .put("port", server.port())
        .put("dbname", "postgres")
        .put("username", user)
        .put("password", password.reveal())
        .put("ssl", true);
  }

  private static RotationResult rotate(LocalSecretsManager secrets) throws InterruptedException {
    secrets.rotate(SECRET, FUNCTION);
    return secrets.await(SECRET, PATIENCE);
  }

  private static void requireSucceeded(RotationResult result) {
    if (result.outcome() != RotationResult.Outcome.SUCCEEDED) {
      throw new RotationException(
          RotationException.Reason.FAILED, "the demo's rotation failed: " + result.message());
    }
  }

  private void requireLogsIn(PostgresServer server, SecretDocument login, String label)
      throws SQLException {
    if (!logsIn(server, login)) {
      throw new RotationException(RotationException.Reason.REJECTED, label + " does not log in");
    }
    output.good("%s ('%s') logs in".formatted(label, login.text("username")));
  }

  private static SecretDocument current(LocalSecretsManager secrets) {
    return SecretDocument.parse(secrets.store().readCurrent(SECRET).value());
  }

  private static SecretDocument previous(LocalSecretsManager secrets) {
    return version(
        secrets, secrets.store().describe(SECRET).versionWith("AWSPREVIOUS").orElseThrow());
  }

  private static SecretDocument version(LocalSecretsManager secrets, String version) {
    return SecretDocument.parse(secrets.store().read(SECRET, version).orElseThrow());
  }

  /** A server that can't be asked has not refused anything. */
  private static boolean logsIn(PostgresServer server, SecretDocument login) throws SQLException {
    try {
      connect(server, login.text("username"), login.secret("password")).close();
      return true;
    } catch (SQLException e) {
      if (WRONG_PASSWORD.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private static Connection connect(PostgresServer server, String user, Secret password)
      throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {server.host()});
    source.setPortNumbers(new int[] {server.port()});
    source.setDatabaseName("postgres");
    source.setSslMode("verify-full");
    source.setSslRootCert(server.caBundle().toString());
    return source.getConnection(user, password.reveal());
  }

  private static ObjectNode request() {
    return JsonNodeFactory.instance.objectNode().put("SecretId", SECRET);
  }

  private static String randomPassword() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private void printCommands(PostgresServer server, URI endpoint) {
    output.headline("Everything keeps running until Ctrl-C. In another terminal:");
    AwsEnvironment.exportLines(endpoint).forEach(output::line);
    output.line("export TLS_CA_BUNDLE=" + server.caBundle());
    output.line("");
    aws("describe-secret", "");
    aws("list-secret-version-ids", " --include-deprecated");
    aws("get-secret-value", " --version-stage AWSPREVIOUS");
    aws("get-secret-value", " --query SecretString --output text");
    aws("rotate-secret", "");
    output.line(
        "./keyturn rotate --secret-id %s --handler %s".formatted(SECRET, handler().getName()));
    output.line(
        "psql \"host=%s port=%d dbname=postgres user=%s sslmode=verify-full sslrootcert=%s\""
            .formatted(server.host(), server.port(), USER, server.caBundle()));
  }

  private void aws(String operation, String options) {
    output.line("aws secretsmanager %s --secret-id %s%s".formatted(operation, SECRET, options));
  }

  private Class<? extends RotationHandler> handler() {
    return switch (strategy) {
      case SINGLE_USER -> PostgresSingleUserRotationHandler.class;
      case ALTERNATING_USERS -> PostgresAlternatingUsersRotationHandler.class;
    };
  }
}

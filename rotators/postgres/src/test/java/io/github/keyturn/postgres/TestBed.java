package io.github.keyturn.postgres;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.server.PostgresServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** A user of a real server with its secret, and a handler that rotates it step by step. */
final class TestBed implements AutoCloseable {

  static final String SECRET = "test/app";
  static final String SUPERUSER_SECRET = "test/superuser";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  final PostgresServer server;
  final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  final String user = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  final List<String> log = new CopyOnWriteArrayList<>();
  private HandlerFunction function;

  private TestBed(PostgresServer server) {
    this.server = server;
    this.function = singleUserFunction(Map.of());
  }

  static TestBed singleUser(PostgresServer server) {
    return singleUser(server, secret -> {});
  }

  static TestBed singleUser(PostgresServer server, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(server);
    bed.createUser(bed.user, "first-" + bed.user);
    bed.createSecret(edit);
    return bed;
  }

  static TestBed alternatingUsers(PostgresServer server) {
    return alternatingUsers(server, secret -> {});
  }

  static TestBed alternatingUsers(PostgresServer server, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(server);
    bed.createUser(bed.user, "first-" + bed.user);
    ObjectNode superuser = bed.database(server.superuser(), server.superuserPassword().reveal());
    String arn = bed.secrets.createSecret(SUPERUSER_SECRET, Secret.of(superuser.toString()));
    bed.createSecret(secret -> edit.accept(secret.put("masterarn", arn)));
    bed.function = bed.alternatingFunction(Map.of());
    return bed;
  }

  /** A new function over the same secret, as after a cold start. */
  TestBed coldStart(Map<String, String> settings) {
    function =
        current().find("masterarn").isPresent()
            ? alternatingFunction(settings)
            : singleUserFunction(settings);
    return this;
  }

  private HandlerFunction singleUserFunction(Map<String, String> settings) {
    return function(new PostgresSingleUserRotationHandler(settings(settings), secrets.store()));
  }

  private HandlerFunction alternatingFunction(Map<String, String> settings) {
    return function(
        new PostgresAlternatingUsersRotationHandler(settings(settings), secrets.store()));
  }

  private HandlerFunction function(RotationHandler handler) {
    return HandlerFunction.of(handler, TIMEOUT, log::add);
  }

  /** Trusts the server's CA, and does not wait for what is immediate here. */
  RotationSettings settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("TLS_CA_BUNDLE", server.caBundle().toString());
    settings.put("SETTLE_SECONDS", "0");
    settings.putAll(more);
    return RotationSettings.from(settings);
  }

  /** Sends no password in the clear, so that a test may search the server's log for it. */
  void createUser(String name, String password) {
    sql("CREATE ROLE \"%s\" LOGIN".formatted(name));
    try (Connection connection = connect(server.superuser(), server.superuserPassword().reveal())) {
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(name, password.toCharArray(), "scram-sha-256");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void createSecret(Consumer<ObjectNode> edit) {
    ObjectNode secret = database(user, "first-" + user);
    edit.accept(secret);
    secrets.createSecret(SECRET, Secret.of(secret.toString()));
  }

  ObjectNode database(String name, String password) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", "postgres")
        .put("host", server.host())
        .put("port", server.port())
        .put("dbname", "postgres")
        .put("username", name)
        .put("password", password);
  }

  /** Rotates from placeholder to finish; returns the token. */
  String rotate() throws Exception {
    String token = secrets.stage(SECRET);
    for (Step step : Step.values()) {
      run(step, token);
    }
    return token;
  }

  void run(Step step, String token) throws Exception {
    function.invoke(HandlerFunction.event(step, secrets.store().describe(SECRET).arn(), token));
  }

  void invoke(byte[] event) throws Exception {
    function.invoke(event);
  }

  /** From now on the function reaches Secrets Manager with this client. */
  void overHttp(URI endpoint, String client) {
    function =
        function(
            new PostgresSingleUserRotationHandler(
                settings(
                    Map.of(
                        "SECRETS_MANAGER_ENDPOINT",
                        endpoint.toString(),
                        "SECRETS_MANAGER_CLIENT",
                        client))));
  }

  /** Labels, values and passwords: equal if nothing was changed anywhere. */
  String state() {
    return stateExceptPending("");
  }

  /** The same without the value that createSecret may have stored before a later step failed. */
  String stateExceptPending(String token) {
    StringBuilder state = new StringBuilder();
    new TreeMap<>(secrets.store().describe(SECRET).labels())
        .forEach(
            (version, labels) ->
                state
                    .append(version)
                    .append(new TreeSet<>(labels))
                    .append(
                        version.equals(token)
                            ? ""
                            : secrets
                                .store()
                                .read(SECRET, version)
                                .map(Secret::reveal)
                                .orElse("")));
    return state
        .append(
            ask(
                "SELECT string_agg(concat_ws(' ', r), '; ' ORDER BY rolname) FROM pg_authid r"
                    + " WHERE rolname LIKE '"
                    + user
                    + "%'"))
        .toString();
  }

  /** A rotation that is given up after this step. */
  String abandonAfter(Step last) throws Exception {
    String token = secrets.stage(SECRET);
    for (Step step : Step.values()) {
      if (step.compareTo(last) <= 0) {
        run(step, token);
      }
    }
    return token;
  }

  SecretDocument current() {
    return SecretDocument.parse(secrets.store().readCurrent(SECRET).value());
  }

  SecretDocument version(String id) {
    return SecretDocument.parse(secrets.store().read(SECRET, id).orElseThrow());
  }

  /** Stores a value by hand, as AWSCURRENT. */
  void store(SecretDocument value) {
    secrets.putSecretValue(SECRET, value.json());
  }

  boolean logsIn(SecretDocument login) {
    try (Connection connection = connect(login)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  /** A session as a client would have it. */
  Connection connect(SecretDocument login) throws SQLException {
    return connect(login.text("username"), login.text("password"));
  }

  private Connection connect(String name, String password) throws SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {server.host()});
    source.setPortNumbers(new int[] {server.port()});
    source.setDatabaseName("postgres");
    source.setSslMode("prefer");
    return source.getConnection(name, password);
  }

  void sql(String... statements) {
    try (Connection connection = connect(server.superuser(), server.superuserPassword().reveal());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(String.join("; ", statements), e);
    }
  }

  /** The first column of the first row, as the superuser sees it. */
  String ask(String query) {
    try (Connection connection = connect(server.superuser(), server.superuserPassword().reveal())) {
      return ask(connection, query);
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? String.valueOf(row.getString(1)) : "no row";
    }
  }

  /** What the server has stored for the user's password; a change of any kind shows. */
  String verifier(String name) {
    return ask("SELECT rolpassword FROM pg_authid WHERE rolname = '%s'".formatted(name));
  }

  @Override
  public void close() {
    secrets.close();
  }
}

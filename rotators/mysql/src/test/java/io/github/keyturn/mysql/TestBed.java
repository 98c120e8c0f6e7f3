package io.github.keyturn.mysql;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.mysql.cj.jdbc.NonRegisteringDriver;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A user of a real server with its secret, and a handler that rotates it step by step. The client
 * is MySQL's own driver, which the rotators do not use.
 */
final class TestBed implements AutoCloseable {

  static final String SECRET = "test/app";
  static final String SUPERUSER_SECRET = "test/superuser";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Which handler rotates. */
  enum Strategy {
    DUAL_PASSWORD,
    SINGLE_USER,
    ALTERNATING_USERS
  }

  final MysqlProtocolServer server;
  final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  final String user = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  final List<String> log = new CopyOnWriteArrayList<>();
  private final Strategy strategy;
  private HandlerFunction function;

  private TestBed(MysqlProtocolServer server, Strategy strategy) {
    this.server = server;
    this.strategy = strategy;
    this.function = function(Map.of());
  }

  /** A user that changes its own password. */
  static TestBed singleUser(MysqlProtocolServer server) {
    return singleUser(server, secret -> {});
  }

  static TestBed singleUser(MysqlProtocolServer server, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(server, Strategy.SINGLE_USER);
    bed.createUser(bed.user, "first-" + bed.user);
    bed.createSecret(edit);
    return bed;
  }

  /** A user with the rights to keep two passwords. */
  static TestBed dualPassword(MysqlProtocolServer server) {
    return dualPassword(server, secret -> {});
  }

  static TestBed dualPassword(MysqlProtocolServer server, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(server, Strategy.DUAL_PASSWORD);
    bed.createUser(bed.user, "first-" + bed.user);
    bed.sql(
        bed.isMariaDb()
            ? "GRANT CREATE USER ON *.* TO `%s`".formatted(bed.user)
            : "GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO `%s`".formatted(bed.user));
    bed.createSecret(edit);
    return bed;
  }

  /** A user without rights, whose two passwords a superuser keeps. */
  static TestBed dualPasswordBySuperuser(MysqlProtocolServer server) {
    return withSuperuser(server, Strategy.DUAL_PASSWORD, secret -> {});
  }

  static TestBed alternatingUsers(MysqlProtocolServer server) {
    return alternatingUsers(server, secret -> {});
  }

  static TestBed alternatingUsers(MysqlProtocolServer server, Consumer<ObjectNode> edit) {
    return withSuperuser(server, Strategy.ALTERNATING_USERS, edit);
  }

  private static TestBed withSuperuser(
      MysqlProtocolServer server, Strategy strategy, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(server, strategy);
    bed.createUser(bed.user, "first-" + bed.user);
    ObjectNode superuser = bed.database(server.superuser(), server.superuserPassword().reveal());
    String arn = bed.secrets.createSecret(SUPERUSER_SECRET, Secret.of(superuser.toString()));
    bed.createSecret(secret -> edit.accept(secret.put("masterarn", arn)));
    return bed;
  }

  boolean isMariaDb() {
    return server instanceof MariaDbServer;
  }

  /** A new function over the same secret, as after a cold start. */
  TestBed coldStart(Map<String, String> settings) {
    function = function(settings);
    return this;
  }

  private HandlerFunction function(Map<String, String> more) {
    RotationSettings settings = settings(more);
    return function(
        switch (strategy) {
          case DUAL_PASSWORD -> new MysqlDualPasswordRotationHandler(settings, secrets.store());
          case SINGLE_USER -> new MysqlSingleUserRotationHandler(settings, secrets.store());
          case ALTERNATING_USERS ->
              new MysqlAlternatingUsersRotationHandler(settings, secrets.store());
        });
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

  /** Sends a hash only, so that a test may search the server's log for the password. */
  void createUser(String name, String password) {
    createUser(name, "%", password);
  }

  void createUser(String name, String host, String password) {
    String hash = PasswordPlugin.NATIVE.hash(Secret.of(password));
    sql(
        isMariaDb()
            ? "CREATE USER `%s`@'%s' IDENTIFIED BY PASSWORD '%s'".formatted(name, host, hash)
            : "CREATE USER `%s`@'%s' IDENTIFIED BY '%s'".formatted(name, host, password));
  }

  private void createSecret(Consumer<ObjectNode> edit) {
    ObjectNode secret = database(user, "first-" + user);
    edit.accept(secret);
    secrets.createSecret(SECRET, Secret.of(secret.toString()));
  }

  ObjectNode database(String name, String password) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", isMariaDb() ? "mariadb" : "mysql")
        .put("host", server.host())
        .put("port", server.port())
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

  /** From now on the function reaches Secrets Manager with the SDK. */
  void overHttp(URI endpoint) {
    RotationSettings settings =
        settings(
            Map.of(
                "SECRETS_MANAGER_ENDPOINT", endpoint.toString(), "SECRETS_MANAGER_CLIENT", "SDK"));
    function =
        function(
            switch (strategy) {
              case DUAL_PASSWORD -> new MysqlDualPasswordRotationHandler(settings);
              case SINGLE_USER -> new MysqlSingleUserRotationHandler(settings);
              case ALTERNATING_USERS -> new MysqlAlternatingUsersRotationHandler(settings);
            });
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
    return state.append(stored(user)).append(stored(user + "_clone")).toString();
  }

  /** What the server has stored for a user's passwords; a change of any kind shows. */
  List<String> stored(String name) {
    return rows(
        isMariaDb()
            ? "SELECT Host, Priv FROM mysql.global_priv WHERE User = '%s' ORDER BY Host"
                .formatted(name)
            : "SELECT Host, authentication_string, User_attributes, account_locked FROM mysql.user"
                + " WHERE User = '%s' ORDER BY Host".formatted(name));
  }

  /** Gives the user a password and then its own again, so that the history knows the other one. */
  void useAndPutBack(String password) {
    String hash =
        ask(
            "SELECT CONCAT('0x', HEX(authentication_string)) FROM mysql.user WHERE User = '%s'"
                .formatted(user));
    sql(
        "ALTER USER `%s` IDENTIFIED BY '%s'"
            .formatted(user, password.replace("\\", "\\\\").replace("'", "''")),
        "ALTER USER `%s` IDENTIFIED WITH caching_sha2_password AS %s".formatted(user, hash));
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
    Properties properties = new Properties();
    properties.setProperty("user", name);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", "PREFERRED");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    return new NonRegisteringDriver()
        .connect("jdbc:mysql://%s:%d/".formatted(server.host(), server.port()), properties);
  }

  void sql(String... statements) {
    try (Connection connection = asSuperuser();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(String.join("; ", statements), e);
    }
  }

  /** What rotators do as superuser. */
  @FunctionalInterface
  interface Work {
    void run(MysqlSession session) throws SQLException;
  }

  void asSuperuserOfRotators(Work work) throws SQLException {
    MysqlSecret secret =
        MysqlSecret.read(
            current()
                .with("username", server.superuser())
                .with("password", server.superuserPassword()));
    try (Connection connection =
        new MysqlLogins(settings(Map.of()))
            .connect(secret, MysqlLogins.Expired.STAYS_OUT, TIMEOUT, log::add)) {
      work.run(MysqlSession.of(connection, secret));
    }
  }

  private Connection asSuperuser() throws SQLException {
    return connect(server.superuser(), server.superuserPassword().reveal());
  }

  /** The first column of the first row, as the superuser sees it. */
  String ask(String query) {
    List<String> rows = rows(query);
    return rows.isEmpty() ? "no row" : rows.get(0);
  }

  /** All rows, as the superuser sees them. */
  List<String> rows(String query) {
    try (Connection connection = asSuperuser()) {
      return rows(connection, query);
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static List<String> rows(Connection connection, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= columns; column++) {
          row.add(String.valueOf(result.getString(column)));
        }
        rows.add(String.join(" | ", row));
      }
    }
    return rows;
  }

  @Override
  public void close() {
    secrets.close();
  }
}

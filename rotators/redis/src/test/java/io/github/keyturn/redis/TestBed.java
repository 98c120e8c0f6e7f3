package io.github.keyturn.redis;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.server.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A user of real servers with its secret, and a handler that rotates it step by step. */
final class TestBed implements AutoCloseable {

  static final String SECRET = "test/app";
  static final String SUPERUSER_SECRET = "test/superuser";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  final List<RedisServer> nodes;
  final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  final String user;
  final List<String> log = new CopyOnWriteArrayList<>();
  private final boolean requirepass;
  private HandlerFunction function;

  private TestBed(List<RedisServer> nodes, String user, boolean requirepass) {
    this.nodes = nodes;
    this.user = user;
    this.requirepass = requirepass;
    this.function = function(Map.of());
  }

  /** A user that may do everything, on a server alone; no TLS. */
  static TestBed user(RedisServer server) {
    return user(List.of(server));
  }

  static TestBed user(List<RedisServer> nodes) {
    return user(nodes, secret -> {});
  }

  static TestBed user(List<RedisServer> nodes, Consumer<ObjectNode> edit) {
    return user(nodes, List.of("~*", "+@all"), edit);
  }

  /** A user with these rights on all these nodes. */
  static TestBed user(List<RedisServer> nodes, List<String> rules, Consumer<ObjectNode> edit) {
    TestBed bed =
        new TestBed(
            nodes, "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 12), false);
    nodes.forEach(
        node -> node.createUser(bed.user, bed.firstPassword(), rules.toArray(String[]::new)));
    bed.createSecret(edit);
    return bed;
  }

  /** A user that is there already. */
  static TestBed existingUser(List<RedisServer> nodes, String name, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(nodes, name, false);
    bed.createSecret(edit);
    return bed;
  }

  /** A user without rights, and a secret that names the administrator as superuser. */
  static TestBed userWithSuperuser(List<RedisServer> nodes) {
    return user(nodes, List.of("~*", "+get", "+info", "+cluster|nodes"), secret -> {})
        .withSuperuser(nodes.get(0));
  }

  private TestBed withSuperuser(RedisServer server) {
    ObjectNode superuser = secret(server, RedisServer.ADMIN, server.adminPassword());
    current().find("nodes").ifPresent(nodes -> superuser.put("nodes", nodes));
    String arn = secrets.createSecret(SUPERUSER_SECRET, Secret.of(superuser.toString()));
    store(current().with("masterarn", arn));
    return this;
  }

  /** The default user of servers whose password is requirepass. */
  static TestBed requirepass(List<RedisServer> nodes, Consumer<ObjectNode> edit) {
    TestBed bed = new TestBed(nodes, "default", true);
    bed.createSecret(
        secret -> {
          secret.remove("username");
          secret.put("password", nodes.get(0).adminPassword().reveal());
          edit.accept(secret);
        });
    return bed;
  }

  Secret firstPassword() {
    return Secret.of("first-" + user);
  }

  private void createSecret(Consumer<ObjectNode> edit) {
    ObjectNode secret = secret(nodes.get(0), user, firstPassword());
    edit.accept(secret);
    secrets.createSecret(SECRET, Secret.of(secret.toString()));
  }

  static ObjectNode secret(RedisServer server, String user, Secret password) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", "redis")
        .put("host", server.host())
        .put("port", server.port())
        .put("username", user)
        .put("password", password.reveal())
        .put("ssl", false);
  }

  // The function

  /** A new function over the same secret, as after a cold start. */
  TestBed coldStart(Map<String, String> settings) {
    function = function(settings);
    return this;
  }

  private HandlerFunction function(Map<String, String> settings) {
    RotationHandler handler =
        requirepass
            ? new RedisRequirepassRotationHandler(settings(settings), secrets.store())
            : new RedisAclUserRotationHandler(settings(settings), secrets.store());
    return HandlerFunction.of(handler, TIMEOUT, log::add);
  }

  /** Does not wait for what is immediate here. */
  static RotationSettings settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("SETTLE_SECONDS", "0");
    settings.putAll(more);
    return RotationSettings.from(settings);
  }

  /** Rotates from placeholder to finish; returns the token. */
  String rotate() throws Exception {
    String token = secrets.stage(SECRET);
    rotate(token);
    return token;
  }

  void rotate(String token) throws Exception {
    for (Step step : Step.values()) {
      run(step, token);
    }
  }

  void run(Step step, String token) throws Exception {
    function.invoke(HandlerFunction.event(step, secrets.store().describe(SECRET).arn(), token));
  }

  void invoke(byte[] event) throws Exception {
    function.invoke(event);
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

  // What is asked

  SecretDocument current() {
    return SecretDocument.parse(secrets.store().readCurrent(SECRET).value());
  }

  SecretDocument previous() {
    return version(secrets.store().describe(SECRET).versionWith("AWSPREVIOUS").orElseThrow());
  }

  SecretDocument version(String id) {
    return SecretDocument.parse(secrets.store().read(SECRET, id).orElseThrow());
  }

  /** Stores a value by hand, as AWSCURRENT. */
  void store(SecretDocument value) {
    secrets.putSecretValue(SECRET, value.json());
  }

  /** Whether every node accepts it. */
  boolean logsIn(SecretDocument login) {
    return nodes.stream().allMatch(node -> logsIn(node, login));
  }

  static boolean logsIn(RedisServer node, SecretDocument login) {
    return node.logsIn(login.find("username").orElse("default"), login.secret("password"));
  }

  /** The passwords that a node has, as it shows them. */
  Set<String> hashes(RedisServer node) {
    return RedisAccounts.hashes(node, user);
  }

  static Set<String> hashes(SecretDocument... values) {
    return Set.of(values).stream()
        .map(value -> RedisServer.sha256(value.secret("password")))
        .collect(Collectors.toSet());
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
    nodes.forEach(node -> state.append(node.run("ACL", "LIST")));
    return state.toString();
  }

  @Override
  public void close() {
    secrets.close();
  }
}

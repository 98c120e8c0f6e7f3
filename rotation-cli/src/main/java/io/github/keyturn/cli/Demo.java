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
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Rotates a user of a server that lives as long as the demo. */
final class Demo {

  private static final String SECRET = "demo/app";
  private static final String SUPERUSER_SECRET = "demo/superuser";
  private static final String FUNCTION = "keyturn-demo";

  private static final Pattern PASSWORD_CHANGE =
      Pattern.compile("ALTER USER|SET PASSWORD|ACL, SETUSER");

  private static final int ATTEMPTS = 2;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final DemoTarget target;
  private final Strategy strategy;
  private final Topology topology;
  private final Output output;
  private final Interruption interruption;
  private final List<Secret> passwords = new ArrayList<>();

  Demo(
      DemoTarget target,
      Strategy strategy,
      Topology topology,
      Output output,
      Interruption interruption) {
    this.target = target;
    this.strategy = strategy;
    this.topology = topology;
    this.output = output;
    this.interruption = interruption;
  }

  int run(boolean keep) throws Exception {
    output.headline("A real %s and a local Secrets Manager".formatted(target.product()));
    try (DemoServer server = target.start(strategy, topology);
        LocalSecretsManager secrets =
            LocalSecretsManager.builder()
                .attempts(ATTEMPTS, PAUSE)
                .listener(new Progress(output))
                .open();
        LocalEndpoint endpoint = secrets.listen(0)) {
      AwsEnvironment.useOwn(endpoint.url());
      output.good(
          "%s %s, with %s".formatted(target.product(), server.place(), server.protection()));
      output.good("Secrets Manager on " + endpoint.url());
      RotationHandler handler = server.handler(settings(server, endpoint.url()));
      CrashingFunction function =
          new CrashingFunction(HandlerFunction.of(handler, Duration.ofMinutes(1), line -> {}));
      secrets.register(FUNCTION, function);
      createUserAndSecret(server, secrets);
      output.good(
          "user '%s' and secret %s, strategy %s".formatted(server.user(), SECRET, strategy));

      try (DemoClient client =
          DemoClient.start(() -> current(secrets), value -> logsIn(server, value))) {
        client.awaitNewRead();
        rotateOnce(server, secrets);
        client.awaitNewRead();
        RotationResult crashed = crash(server, secrets, function);
        client.awaitNewRead();
        recover(server, secrets, crashed);
        client.awaitNewRead();
        client.stop();
        lookBack(server, client);
      }
      if (keep) {
        printCommands(server, endpoint.url(), handler);
        interruption.await();
      }
    }
    return 0;
  }

  private void rotateOnce(DemoServer server, LocalSecretsManager secrets) throws Exception {
    output.headline("A rotation");
    SecretDocument before = current(secrets);
    requireSucceeded(rotate(secrets));
    SecretDocument after = current(secrets);
    passwords.add(after.secret("password"));
    requireLogsIn(server, after, "AWSCURRENT");
    if (logsIn(server, before)) {
      output.good(
          "the old value ('%s') still logs in%s: clients change over in their own time"
              .formatted(before.text("username"), onEachNode(server)));
    } else {
      output.good("the old value is refused for new logins: a single user has one password");
    }
  }

  private RotationResult crash(
      DemoServer server, LocalSecretsManager secrets, CrashingFunction function) throws Exception {
    output.headline("A rotation that dies between setSecret and finishSecret, on every try");
    function.crashAfterSet(true);
    RotationResult crashed = rotate(secrets);
    function.crashAfterSet(false);
    SecretDocument abandoned = version(secrets, crashed.token());
    passwords.add(abandoned.secret("password"));
    output.line("");
    requireLogsIn(server, abandoned, "the abandoned version " + Output.shorten(crashed.token()));
    output.note(
        logsIn(server, current(secrets))
            ? "AWSCURRENT still logs in too: "
                + (strategy == Strategy.ALTERNATING_USERS
                    ? "the crash hit the other user of the pair"
                    : "the user has both passwords")
            : "AWSCURRENT is refused now: the server has the password of the abandoned version");
    return crashed;
  }

  private void recover(DemoServer server, LocalSecretsManager secrets, RotationResult crashed)
      throws Exception {
    output.headline("An operator drops AWSPENDING and rotates again, with a new token");
    secrets.call(
        "UpdateSecretVersionStage",
        request().put("VersionStage", "AWSPENDING").put("RemoveFromVersionId", crashed.token()));
    requireSucceeded(rotate(secrets));
    passwords.add(current(secrets).secret("password"));
    requireLogsIn(server, current(secrets), "AWSCURRENT");
    if (strategy.overlaps()) {
      requireLogsIn(server, previous(secrets), "AWSPREVIOUS");
    }
    output.good(
        switch (strategy) {
          case SINGLE_USER ->
              "recovered: the abandoned version %s was the login that set the new password"
                  .formatted(Output.shorten(crashed.token()));
          case ALTERNATING_USERS ->
              "recovered: AWSCURRENT never failed, and both users of the pair log in";
          case DUAL_PASSWORD, ACL_USER, REQUIREPASS ->
              "recovered: AWSCURRENT never failed, and the user has the old password and the new"
                  + onEachNode(server);
        });
  }

  /** What happened to a client meanwhile, and what the server has written down. */
  private void lookBack(DemoServer server, DemoClient client) {
    output.headline("All the while");
    String seen =
        "a client that reads AWSCURRENT every %d ms logged in %d times%s, and was refused %d times"
            .formatted(
                DemoClient.TTL.toMillis(), client.logins(), onEachNode(server), client.failed());
    if (client.failed() == 0) {
      output.good(seen);
    } else if (strategy.overlaps()) {
      throw new RotationException(RotationException.Reason.FAILED, seen);
    } else {
      output.note(seen + ": from setSecret until it has read the new value");
    }
    server.logs().forEach(log -> requireStatementsWithoutPasswords(log, server.logName()));
    output.good(
        "%s has every statement, and none of the %d passwords"
            .formatted(server.logName(), passwords.size()));
  }

  private void requireStatementsWithoutPasswords(String log, String name) {
    if (!PASSWORD_CHANGE.matcher(log).find()) {
      throw new RotationException(
          RotationException.Reason.FAILED, name + " lacks the statements of the rotation");
    }
    if (passwords.stream().anyMatch(password -> log.contains(password.reveal()))) {
      throw new RotationException(
          RotationException.Reason.FAILED, name + " has a password in plain text");
    }
  }

  private static String onEachNode(DemoServer server) {
    return server.nodes() == 1 ? "" : " on each of %d nodes".formatted(server.nodes());
  }

  private static RotationSettings settings(DemoServer server, URI endpoint) {
    return RotationSettings.from(
        Map.of(
            "SECRETS_MANAGER_ENDPOINT",
            endpoint.toString(),
            "TLS_CA_BUNDLE",
            server.caBundle().toString()));
  }

  private void createUserAndSecret(DemoServer server, LocalSecretsManager secrets)
      throws Exception {
    Secret password = randomPassword();
    server.createUser(password);
    passwords.add(password);
    passwords.add(server.superuserPassword());
    ObjectNode secret = login(server, server.user(), password);
    if (server.needsSuperuser()) {
      ObjectNode superuser = login(server, server.superuser(), server.superuserPassword());
      secret.put(
          "masterarn", secrets.createSecret(SUPERUSER_SECRET, Secret.of(superuser.toString())));
    }
    secrets.createSecret(SECRET, Secret.of(secret.toString()));
  }

  private static ObjectNode login(DemoServer server, String user, Secret password) {
    return server
        .address()
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

  private void requireLogsIn(DemoServer server, SecretDocument login, String label)
      throws Exception {
    if (!logsIn(server, login)) {
      throw new RotationException(RotationException.Reason.REJECTED, label + " does not log in");
    }
    output.good("%s ('%s') logs in%s".formatted(label, login.text("username"), onEachNode(server)));
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

  private static boolean logsIn(DemoServer server, SecretDocument login) throws Exception {
    return server.logsIn(login.text("username"), login.secret("password"));
  }

  private static ObjectNode request() {
    return JsonNodeFactory.instance.objectNode().put("SecretId", SECRET);
  }

  /** Of hexadecimal digits, so it needs no quoting. */
  private static Secret randomPassword() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return Secret.of(HexFormat.of().formatHex(random));
  }

  private void printCommands(DemoServer server, URI endpoint, RotationHandler handler) {
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
        "./keyturn rotate --secret-id %s --handler %s"
            .formatted(SECRET, handler.getClass().getName()));
    output.line(server.shell());
  }

  private void aws(String operation, String options) {
    output.line("aws secretsmanager %s --secret-id %s%s".formatted(operation, SECRET, options));
  }
}

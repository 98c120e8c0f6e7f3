package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.deployment.Template.Statement;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.RotationResult;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each zip that is deployed rotates a real account, under Lambda's runtime client, with the
 * settings of the template.
 */
@ExtendWith(TestServers.class)
class ZipTest {

  private static final String SECRET = "app";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static Stream<DeployedFunction> functions() {
    return Template.get().rotators();
  }

  static Stream<Arguments> functionsOnEachJdk() {
    return functions()
        .flatMap(
            function ->
                Jdks.found().entrySet().stream()
                    .map(jdk -> Arguments.of(function, jdk.getKey(), jdk.getValue())));
  }

  @AutoClose private static final RedisTarget REDIS_USER = new RedisTarget(true);
  @AutoClose private static final RedisTarget REDIS_DEFAULT = new RedisTarget(false);
  @AutoClose private static final ProviderTarget ISSUING = ProviderTarget.issuing();
  @AutoClose private static final ProviderTarget ACCEPTING = ProviderTarget.accepting();

  private final Map<String, List<Target>> targets;

  ZipTest(PostgresServer postgres, MysqlServer mysql, MariaDbServer mariaDb) {
    targets =
        Map.of(
            "PostgresSingleUser", List.of(new PostgresTarget(postgres, false)),
            "PostgresAlternatingUsers", List.of(new PostgresTarget(postgres, true)),
            "MysqlDualPassword",
                List.of(new MysqlTarget(mysql, true), new MysqlTarget(mariaDb, true)),
            "MysqlSingleUser", List.of(new MysqlTarget(mysql, false)),
            "MysqlAlternatingUsers", List.of(new MysqlTarget(mysql, true)),
            "RedisAclUser", List.of(REDIS_USER),
            "RedisRequirepass", List.of(REDIS_DEFAULT),
            "HttpApiKey", List.of(ISSUING, ACCEPTING));
  }

  @Test
  void everyFunctionHasATarget() {
    assertThat(functions().map(DeployedFunction::id))
        .containsExactlyInAnyOrderElementsOf(targets.keySet());
  }

  @ParameterizedTest(name = "{0} on JDK {1}")
  @MethodSource("functionsOnEachJdk")
  void rotatesARealAccount(DeployedFunction deployed, int version, Path javaHome) throws Exception {
    for (Target target : targets.get(deployed.id())) {
      rotate(deployed, target, javaHome);
    }
  }

  private static void rotate(DeployedFunction deployed, Target target, Path javaHome)
      throws Exception {
    try (Stage stage = new Stage(deployed, target, javaHome)) {
      String before = stage.current();

      stage.secrets.rotate(SECRET, deployed.id());
      RotationResult result = stage.secrets.await(SECRET, PATIENCE);

      assertThat(result.outcome())
          .as("%s%n%s", result.message(), String.join("\n", stage.log))
          .isEqualTo(RotationResult.Outcome.SUCCEEDED);
      assertThat(result.attempts()).isEqualTo(1);
      assertThat(stage.current()).isNotEqualTo(before);
      assertThat(stage.target.accepts(stage.current())).isTrue();
      assertThat(stage.steps())
          .containsExactly(
              "createSecret APPLIED",
              "setSecret APPLIED",
              "testSecret APPLIED",
              "finishSecret APPLIED");
    }
  }

  /** To recover takes every right. */
  @ParameterizedTest
  @MethodSource("functions")
  void needsEachOfItsRightsOnSecretsAndNoOther(DeployedFunction deployed) throws Exception {
    Set<String> onTheSecret = new TreeSet<>();
    Set<String> onTheSuperuser = new TreeSet<>();
    for (Target target : targets.get(deployed.id())) {
      try (Stage stage = new Stage(deployed, target, Path.of(System.getProperty("java.home")))) {
        stage.recover();
        assertThat(target.accepts(stage.current())).isTrue();
        onTheSecret.addAll(stage.calls.operationsOn(":" + SECRET + "-"));
        onTheSuperuser.addAll(stage.calls.operationsOn(":superuser-"));
      }
    }
    assertThat(onTheSecret).isEqualTo(allowed(deployed, "SecretArnPattern"));
    assertThat(onTheSuperuser).isEqualTo(allowed(deployed, "SuperuserSecrets"));
  }

  /**
   * What the role allows on secrets that this parameter names. Superuser secrets of RDS, which a
   * parameter must allow for, are the business of the tests of {@code RdsEndpoints}.
   */
  private static Set<String> allowed(DeployedFunction function, String parameter) {
    Set<String> operations = new TreeSet<>();
    Template.get().statements(function.id() + "Role").stream()
        .filter(Statement::allows)
        .filter(statement -> !statement.id().equals("ReadTheTagsThatNameTheDatabase"))
        .filter(statement -> statement.resource().toString().contains(parameter))
        .flatMap(statement -> statement.actions().stream())
        .filter(action -> action.startsWith("secretsmanager:"))
        .map(action -> action.substring("secretsmanager:".length()))
        .forEach(operations::add);
    return operations;
  }

  /** A function from its zip, its target, and Secrets Manager between them. */
  private static final class Stage implements AutoCloseable {

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final LocalSecretsManager secrets =
        LocalSecretsManager.builder().attempts(1, Duration.ZERO).open();
    private final LocalEndpoint endpoint = secrets.listen(0);
    private final CallLog calls = new CallLog(endpoint.url());
    private final Target target;
    private final ChildJvmFunction function;

    Stage(DeployedFunction deployed, Target target, Path javaHome) throws Exception {
      this.target = target;
      secrets.createSecret(SECRET, Secret.of(target.newSecret(secrets)));
      Map<String, String> variables = new HashMap<>(Variables.ofTemplate(deployed));
      variables.putAll(target.variables());
      variables.put("SECRETS_MANAGER_ENDPOINT", calls.url());
      function =
          ChildJvmFunction.builder(deployed.zip())
              .name(deployed.id())
              .handler(deployed.handler())
              .environment(variables)
              .javaHome(javaHome)
              .log(log::add)
              .build();
      secrets.register(deployed.id(), function);
    }

    /** From a rotation that was given up, and from an AWSCURRENT that does not log in. */
    void recover() throws Exception {
      String abandoned = secrets.stage(SECRET);
      run(Step.CREATE, abandoned);
      run(Step.SET, abandoned);
      SecretDocument value = SecretDocument.parse(Secret.of(current()));
      secrets.putSecretValue(SECRET, target.spoil(value).json());
      String token = secrets.stage(SECRET);
      for (Step step : Step.values()) {
        run(step, token);
      }
    }

    void run(Step step, String token) throws Exception {
      String arn = secrets.store().describe(SECRET).arn();
      Invocation invocation = function.call(HandlerFunction.event(step, arn, token));
      assertThat(invocation.failed()).as(invocation.payload()).isFalse();
    }

    String current() {
      return secrets.store().readCurrent(SECRET).value().reveal();
    }

    /** The steps and their outcomes, from the log; which holds JSON and nothing else. */
    List<String> steps() {
      return log.stream()
          .map(Stage::parse)
          .filter(line -> line.has("outcome"))
          .map(line -> line.path("step").asText() + " " + line.path("outcome").asText())
          .toList();
    }

    private static JsonNode parse(String line) {
      try {
        return JSON.readTree(line);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not a line of JSON: " + line, e);
      }
    }

    @Override
    public void close() throws IOException {
      function.close();
      calls.close();
      secrets.close();
    }
  }
}

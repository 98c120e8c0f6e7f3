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

  private final Map<String, Target> targets;

  ZipTest(PostgresServer postgres) {
    targets =
        Map.of(
            "PostgresSingleUser", new PostgresTarget(postgres, false),
            "PostgresAlternatingUsers", new PostgresTarget(postgres, true));
  }

  @Test
  void everyFunctionHasATarget() {
    assertThat(functions().map(DeployedFunction::id))
        .containsExactlyInAnyOrderElementsOf(targets.keySet());
  }

  @ParameterizedTest(name = "{0} on JDK {1}")
  @MethodSource("functionsOnEachJdk")
  void rotatesARealAccount(DeployedFunction deployed, int version, Path javaHome) throws Exception {
    try (Stage stage = new Stage(deployed, targets.get(deployed.id()), javaHome)) {
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

  /** It recovers from an AWSCURRENT that no longer logs in, which takes every right. */
  @ParameterizedTest
  @MethodSource("functions")
  void needsEachOfItsRightsOnSecretsAndNoOther(DeployedFunction deployed) throws Exception {
    try (Stage stage =
        new Stage(deployed, targets.get(deployed.id()), Path.of(System.getProperty("java.home")))) {
      SecretDocument value = SecretDocument.parse(Secret.of(stage.current()));
      stage.secrets.putSecretValue(SECRET, stage.target.spoil(value).json());
      String token = stage.secrets.stage(SECRET);
      for (Step step : Step.values()) {
        stage.run(step, token);
      }

      assertThat(stage.target.accepts(stage.current())).isTrue();
      assertThat(stage.calls.operationsOn(":" + SECRET + "-"))
          .isEqualTo(allowed(deployed, "SecretArnPattern"));
      assertThat(stage.calls.operationsOn(":superuser-"))
          .isEqualTo(allowed(deployed, "SuperuserSecrets"));
    }
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

package io.github.keyturn.deployment;

import static io.github.keyturn.deployment.Template.map;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keyturn.Secret;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip that watches, and the alarms that look at its figures. */
class WatchTest {

  private static final Template TEMPLATE = Template.get();
  private static final String ID = "RotationWatch";

  private final DeployedFunction deployed =
      TEMPLATE.functions().filter(one -> one.id().equals(ID)).findFirst().orElseThrow();

  @Test
  void writesTheFiguresThatTheAlarmsLookAt() throws Exception {
    List<String> log = new CopyOnWriteArrayList<>();
    try (LocalSecretsManager secrets = LocalSecretsManager.inMemory();
        LocalEndpoint endpoint = secrets.listen(0);
        CallLog calls = new CallLog(endpoint.url());
        ChildJvmFunction function =
            ChildJvmFunction.builder(deployed.zip())
                .handler(deployed.handler())
                .environment(
                    Map.of(
                        "WATCHED_FUNCTIONS", "arn:aws:lambda:",
                        "WATCH_NAME", "keyturn",
                        "SECRETS_MANAGER_ENDPOINT", calls.url()))
                .log(log::add)
                .build()) {
      Invocation invocation = function.call("{}".getBytes(UTF_8));

      assertThat(invocation.failed()).as(invocation.payload()).isFalse();
      assertThat(calls.operationsOn("")).isEqualTo(Set.of("ListSecrets"));
    }
    assertThat(log).hasSize(1);
    JsonNode figures = new ObjectMapper().readTree(log.get(0));
    assertThat(alarms()).hasSize(3);
    for (Map<String, Object> alarm : alarms()) {
      assertThat(figures.has((String) alarm.get("MetricName"))).as(alarm.toString()).isTrue();
      assertThat(alarm)
          .containsEntry("Dimensions", List.of(Map.of("Name", "Stack", "Value", stackName())));
    }
    assertThat(figures.path("_aws").path("CloudWatchMetrics").path(0).path("Namespace").asText())
        .isEqualTo("Keyturn");
  }

  /** By {@code keyturn invoke}, with the event that its schedule sends. */
  @Test
  void countsAnUnfinishedRotation(@TempDir Path folder) throws Exception {
    try (LocalSecretsManager secrets =
            LocalSecretsManager.builder().attempts(1, Duration.ZERO).open();
        LocalEndpoint endpoint = secrets.listen(0)) {
      secrets.createSecret("app", Secret.of("a value"));
      secrets.register(
          "failing",
          event -> {
            throw new IllegalStateException("as ordered");
          });
      secrets.rotate("app", "failing");
      secrets.await("app", Duration.ofMinutes(1));
      Path variables =
          Files.writeString(
              folder.resolve("env.json"),
              JsonNodeFactory.instance
                  .objectNode()
                  .set(
                      "Parameters",
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("WATCHED_FUNCTIONS", "failing")
                          .put("WATCH_NAME", "keyturn")
                          .put("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString()))
                  .toString());
      Path answer = folder.resolve("answer");
      Path log = folder.resolve("log");

      Process invoke =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  Template.HOME.resolve("rotation-cli/target/keyturn.jar").toString(),
                  "io.github.keyturn.cli.Keyturn",
                  "invoke",
                  "--zip",
                  deployed.zip().toString(),
                  "--handler",
                  deployed.handler(),
                  "--event",
                  Template.HOME.resolve("events/scheduled.json").toString(),
                  "--env-file",
                  variables.toString())
              .redirectOutput(answer.toFile())
              .redirectError(log.toFile())
              .start();

      assertThat(invoke.waitFor()).as(Files.readString(log)).isZero();
      assertThat(answer).hasContent("1");
      assertThat(Files.readString(log))
          .contains("\"UnfinishedRotations\":1", "never became AWSCURRENT", "REPORT")
          .doesNotContain("a value");
    }
  }

  @Test
  void mayListSecretsAndReadNone() {
    Set<String> allowed =
        TEMPLATE.statements(ID + "Role").stream()
            .filter(Template.Statement::allows)
            .flatMap(statement -> statement.actions().stream())
            .filter(action -> !action.startsWith("ec2:") && !action.startsWith("logs:"))
            .collect(Collectors.toSet());

    assertThat(allowed).containsExactly("secretsmanager:ListSecrets");
    assertThat(deployed.variables())
        .containsOnlyKeys("WATCHED_FUNCTIONS", "WATCH_NAME", "SECRETS_MANAGER_ENDPOINT")
        .containsEntry("WATCH_NAME", stackName());
  }

  private static List<Map<String, Object>> alarms() {
    return TEMPLATE
        .resourcesOfType("AWS::CloudWatch::Alarm")
        .map(TEMPLATE::properties)
        .filter(alarm -> "Keyturn".equals(alarm.get("Namespace")))
        .toList();
  }

  private static Map<String, Object> stackName() {
    return map(Template.ref("AWS::StackName"));
  }
}

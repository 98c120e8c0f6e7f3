package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keyturn.Secret;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files beside the template, by which people try it. */
@ExtendWith(TestServers.class)
class EventsTest {

  private static final Path EVENTS = Template.HOME.resolve("events");
  private static final String FUNCTION = "PostgresSingleUser";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PARAMETER = Pattern.compile("\\b(\\w+)=");

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final PostgresServer server;

  EventsTest(PostgresServer server) {
    this.server = server;
  }

  /** As docs/local.md tells: RotateSecret stages the version, a person invokes the steps. */
  @Test
  void takeASecretThroughItsSteps() throws Exception {
    PostgresTarget target = new PostgresTarget(server, false);
    try (LocalSecretsManager secrets =
            LocalSecretsManager.builder().attempts(1, Duration.ZERO).open();
        LocalEndpoint endpoint = secrets.listen(0)) {
      secrets.createSecret("demo/app", Secret.of(target.newSecret(secrets)));
      stage(secrets, event("createSecret.json").path("ClientRequestToken").asText());
      String before = current(secrets);
      try (ChildJvmFunction function = function(target, endpoint)) {
        for (String step : List.of("createSecret", "setSecret", "testSecret", "finishSecret")) {
          assertThat(event(step + ".json").path("Step").asText()).isEqualTo(step);
          Invocation invocation = function.call(bytes(step + ".json"));
          assertThat(invocation.failed()).as(invocation.payload()).isFalse();
        }
        Invocation failing = function.call(bytes("failing.json"));

        assertThat(current(secrets)).isNotEqualTo(before);
        assertThat(target.accepts(current(secrets))).isTrue();
        assertThat(failing.errorType()).hasValue("io.github.keyturn.RotationException");
        assertThat(failing.errorMessage().orElseThrow()).startsWith("MISCONFIGURED: ");
        assertThat(log)
            .filteredOn(line -> line.contains("\"outcome\":"))
            .hasSize(5)
            .allSatisfy(EventsTest::assertIsALineThatLambdaTakes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"env.local.json", "env.docker.json"})
  void setNoVariableThatTheTemplateDoesNotDeclare(String file) throws Exception {
    JsonNode parameters = event(file).path("Parameters");

    assertThat(parameters.properties()).isNotEmpty();
    Template.get()
        .rotators()
        .forEach(
            function ->
                assertThat(function.variables().keySet())
                    .containsAll(parameters.properties().stream().map(Map.Entry::getKey).toList()));
  }

  @Test
  void samsSettingsNameParametersAndFilesThatExist() throws Exception {
    String settings = Files.readString(Template.HOME.resolve("samconfig.toml"));
    Set<String> parameters = new HashSet<>();
    for (String line : settings.lines().toList()) {
      if (line.startsWith("parameter_overrides")) {
        Matcher name = PARAMETER.matcher(line.substring(line.indexOf('"')));
        while (name.find()) {
          parameters.add(name.group(1));
        }
      }
      if (line.startsWith("env_vars")) {
        String file = line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
        assertThat(Template.HOME.resolve(file)).isRegularFile();
      }
    }
    assertThat(parameters).contains("DeployPostgresSingleUser");
    assertThat(Template.get().section("Parameters").keySet()).containsAll(parameters);
  }

  /** With LogFormat JSON it keeps such a line as it is, and sorts it by its level. */
  private static void assertIsALineThatLambdaTakes(String line) throws IOException {
    JsonNode json = JSON.readTree(line);
    assertThat(Instant.parse(json.path("timestamp").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(json.path("level").asText()).isIn("INFO", "ERROR");
  }

  private static void stage(LocalSecretsManager secrets, String token) throws Exception {
    secrets.register(
        "by-hand",
        event -> {
          throw new IllegalStateException("by hand");
        });
    secrets.call(
        "RotateSecret",
        JsonNodeFactory.instance
            .objectNode()
            .put("SecretId", "demo/app")
            .put("ClientRequestToken", token)
            .put("RotationLambdaARN", "by-hand"));
    secrets.await("demo/app", Duration.ofMinutes(1));
  }

  private ChildJvmFunction function(PostgresTarget target, LocalEndpoint endpoint)
      throws IOException {
    DeployedFunction deployed =
        Template.get()
            .rotators()
            .filter(one -> one.id().equals(FUNCTION))
            .findFirst()
            .orElseThrow();
    return ChildJvmFunction.builder(deployed.zip())
        .name(FUNCTION)
        .handler(deployed.handler())
        .environment(target.variables())
        .environment(
            Map.of(
                "SECRETS_MANAGER_ENDPOINT",
                endpoint.url().toString(),
                "AWS_LAMBDA_LOG_FORMAT",
                "JSON"))
        .log(log::add)
        .build();
  }

  private static String current(LocalSecretsManager secrets) {
    return secrets.store().readCurrent("demo/app").value().reveal();
  }

  private static JsonNode event(String file) throws IOException {
    return JSON.readTree(bytes(file));
  }

  private static byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(EVENTS.resolve(file));
  }
}

package io.github.keyturn.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.RotationFunction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class RotationWatchHandlerTest {

  private static final String OURS = "arn:aws:lambda:us-east-1:123456789012:function:keyturn-";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> log = new ArrayList<>();
  private final LocalSecretsManager secrets =
      LocalSecretsManager.builder().attempts(1, Duration.ZERO).open();
  private final LocalEndpoint endpoint = secrets.listen(0);
  private final SecretsManagerClient client =
      SecretsManagerClient.builder()
          .endpointOverride(endpoint.url())
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .build();

  RotationWatchHandlerTest() throws IOException {}

  @AfterEach
  void close() {
    client.close();
    secrets.close();
  }

  @Test
  void findsNothingWrongWithWhatWasJustRotated() throws Exception {
    rotated("fine", OURS + "PostgresSingleUser");

    JsonNode figures = watch(Instant.now());

    assertThat(log).hasSize(1);
    assertThat(figures.path("Stack").asText()).isEqualTo("keyturn");
    assertThat(figures.path("OverdueSecrets").intValue()).isZero();
    assertThat(figures.path("UnfinishedRotations").intValue()).isZero();
    assertThat(figures.path("SwitchedOffRotations").intValue()).isZero();
    assertThat(figures.path("DaysSinceLastRotation").doubleValue()).isLessThan(1);
  }

  @Test
  void countsWhatShouldHaveBeenRotated() throws Exception {
    rotated("late", OURS + "PostgresSingleUser");

    JsonNode soon = watch(Instant.now().plus(Duration.ofDays(9)));
    JsonNode late = watch(Instant.now().plus(Duration.ofDays(13)));

    assertThat(soon.path("OverdueSecrets").intValue()).isZero();
    assertThat(late.path("OverdueSecrets").intValue()).isEqualTo(1);
    assertThat(late.path("DaysSinceLastRotation").doubleValue()).isBetween(12.5, 13.5);
    assertThat(log).anyMatch(line -> line.contains("should have been rotated by "));
  }

  @Test
  void countsVersionsThatNeverBecameCurrent() throws Exception {
    register(
        OURS + "Failing",
        event -> {
          throw new IllegalStateException("no");
        });
    create("stuck", OURS + "Failing");
    secrets.await("stuck", Duration.ofMinutes(1));

    JsonNode figures = watch(Instant.now());

    assertThat(figures.path("UnfinishedRotations").intValue()).isEqualTo(1);
    assertThat(log)
        .anyMatch(line -> line.contains(":stuck-") && line.contains("is AWSPENDING and never"));
  }

  @Test
  void countsRotationsThatSomebodyHasSwitchedOff() throws Exception {
    rotated("off", OURS + "PostgresSingleUser");
    secrets.call("CancelRotateSecret", request("off"));

    JsonNode figures = watch(Instant.now());

    assertThat(figures.path("SwitchedOffRotations").intValue()).isEqualTo(1);
    assertThat(figures.path("OverdueSecrets").intValue()).isZero();
    assertThat(log).anyMatch(line -> line.contains("rotation is switched off"));
  }

  @Test
  void looksAtTheSecretsOfItsFunctionsOnly() throws Exception {
    rotated("theirs", "arn:aws:lambda:us-east-1:123456789012:function:other-PostgresSingleUser");
    secrets.createSecret("nobodys", Secret.of("value"));
    for (int i = 0; i < 120; i++) {
      secrets.createSecret("page" + i, Secret.of("value"));
    }
    rotated("ours", OURS + "PostgresSingleUser");

    watch(Instant.now().plus(Duration.ofDays(400)));

    assertThat(log.stream().filter(line -> line.contains("should have been"))).hasSize(1);
    assertThat(log.get(0)).contains(":ours-");
  }

  @Test
  void writesTheEmbeddedMetricFormat() throws Exception {
    JsonNode figures = watch(Instant.ofEpochMilli(1_700_000_000_123L));

    JsonNode directive = figures.path("_aws").path("CloudWatchMetrics").path(0);
    assertThat(figures.path("_aws").path("Timestamp").longValue()).isEqualTo(1_700_000_000_123L);
    assertThat(directive.path("Namespace").asText()).isEqualTo("Keyturn");
    assertThat(directive.path("Dimensions").toString()).isEqualTo("[[\"Stack\"]]");
    assertThat(directive.path("Metrics")).hasSize(4);
    directive
        .path("Metrics")
        .forEach(
            metric -> assertThat(figures.path(metric.path("Name").asText()).isNumber()).isTrue());
  }

  @Test
  void failsWithoutItsSettings() {
    assertThatThrownBy(RotationWatchHandler::new)
        .isInstanceOf(RotationException.class)
        .hasMessage("MISCONFIGURED: WATCHED_FUNCTIONS is not set; template.yaml shows its value");
  }

  /** What it wrote last: the figures. */
  private JsonNode watch(Instant now) throws IOException {
    log.clear();
    new RotationWatchHandler(OURS, "keyturn", client, Clock.fixed(now, ZoneOffset.UTC), log::add)
        .handleRequest(
            new ByteArrayInputStream("{}".getBytes(UTF_8)), new ByteArrayOutputStream(), null);
    return JSON.readTree(log.get(log.size() - 1));
  }

  private void rotated(String name, String function) throws Exception {
    register(function, event -> finish(name, JSON.readTree(event)));
    create(name, function);
    secrets.await(name, Duration.ofMinutes(1));
  }

  private void register(String function, RotationFunction code) {
    secrets.register(function, code);
  }

  private void create(String name, String function) {
    secrets.createSecret(name, Secret.of("first"));
    ObjectNode request = request(name).put("RotationLambdaARN", function);
    request.putObject("RotationRules").put("AutomaticallyAfterDays", 10);
    secrets.call(
        "RotateSecret", request.put("ClientRequestToken", "00000000-0000-4000-8000-000000000001"));
  }

  /** As much of a rotation as Secrets Manager can see. */
  private void finish(String name, JsonNode event) {
    String token = event.path("ClientRequestToken").asText();
    switch (event.path("Step").asText()) {
      case "createSecret" ->
          secrets.call(
              "PutSecretValue",
              request(name)
                  .put("ClientRequestToken", token)
                  .put("SecretString", "second")
                  .set("VersionStages", JSON.createArrayNode().add("AWSPENDING")));
      case "finishSecret" -> secrets.store().promote(name, current(name), token);
      default -> {}
    }
  }

  private String current(String name) {
    return secrets.store().describe(name).versionWith("AWSCURRENT").orElseThrow();
  }

  private static ObjectNode request(String secret) {
    return JsonNodeFactory.instance.objectNode().put("SecretId", secret);
  }
}

package io.github.keyturn.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.Step;
import io.github.keyturn.local.RotationResult.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotationTest {

  private static final Secret OLD = Secret.of("old");
  private static final Secret NEW = Secret.of("new");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final List<String> story = Collections.synchronizedList(new ArrayList<>());
  private LocalSecretsManager secretsManager;
  private SecretStore store;
  private String secret;

  /** What the function does in a step, besides what it has to do. */
  private interface Extra {
    void run(Step step, int time) throws Exception;
  }

  @BeforeEach
  void start() throws IOException {
    secretsManager =
        LocalSecretsManager.builder()
            .attempts(3, Duration.ofMillis(1))
            .listener(new Storyteller())
            .open();
    store = secretsManager.store();
    secret = secretsManager.createSecret("app/db", OLD);
  }

  @AfterEach
  void stop() {
    secretsManager.close();
  }

  @Test
  void drivesAFunctionThroughTheFourSteps() throws Exception {
    List<ObjectNode> events = new ArrayList<>();
    secretsManager.register(
        "rotate-db",
        event -> {
          events.add(Json.parseObject(event).orElseThrow());
          work(events.get(events.size() - 1));
        });

    String token = secretsManager.rotate(secret, "rotate-db");
    RotationResult result = await();

    assertThat(result).isEqualTo(new RotationResult(secret, token, Outcome.SUCCEEDED, 1, ""));
    assertThat(events)
        .extracting(event -> event.path("Step").asText())
        .containsExactly("createSecret", "setSecret", "testSecret", "finishSecret");
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.path("SecretId").asText()).isEqualTo(secret);
              assertThat(event.path("ClientRequestToken").asText()).isEqualTo(token);
              assertThat(event.path("RotationToken").asText()).hasSizeBetween(36, 256);
            });
    assertThat(store.readCurrent(secret).value()).isEqualTo(NEW);
    SecretDescription described = store.describe(secret);
    assertThat(described.labels()).containsEntry(token, Set.of("AWSCURRENT", "AWSPENDING"));
    assertThat(described.rotation()).isEqualTo(SecretDescription.Rotation.ENABLED);
    assertThat(describe().has("LastRotatedDate")).isTrue();
  }

  @Test
  void stagesThePendingVersionBeforeItHasAValue() throws Exception {
    List<Set<String>> labels = new ArrayList<>();
    List<Boolean> hasValue = new ArrayList<>();
    secretsManager.register(
        "rotate-db",
        event -> {
          ObjectNode members = Json.parseObject(event).orElseThrow();
          String token = members.path("ClientRequestToken").asText();
          labels.add(store.describe(secret).labels().getOrDefault(token, Set.of()));
          hasValue.add(store.readPending(secret, token).isPresent());
          work(members);
        });

    secretsManager.rotate(secret, "rotate-db");
    await();

    assertThat(labels.get(0)).containsExactly("AWSPENDING");
    assertThat(hasValue).startsWith(false, true);
  }

  @Test
  void tellsTheListenerEveryStepWithItsLabels() throws Exception {
    register((step, time) -> failIf(step == Step.TEST && time == 3));

    secretsManager.rotate(secret, "rotate-db");
    await();

    assertThat(story)
        .containsExactly(
            "1 CREATE starts",
            "1 CREATE ok",
            "1 SET starts",
            "1 SET ok",
            "1 TEST starts",
            "1 TEST failed: on purpose",
            "2 CREATE starts",
            "2 CREATE ok",
            "2 SET starts",
            "2 SET ok",
            "2 TEST starts",
            "2 TEST ok",
            "2 FINISH starts",
            "2 FINISH ok, current",
            "SUCCEEDED");
  }

  @Test
  void triesTheWholeRotationAgainWithTheSameToken() throws Exception {
    register((step, time) -> failIf(step == Step.SET));

    String token = secretsManager.rotate(secret, "rotate-db");

    assertThat(await())
        .isEqualTo(new RotationResult(secret, token, Outcome.FAILED, 3, "setSecret: on purpose"));
    assertThat(store.describe(secret).labels()).containsEntry(token, Set.of("AWSPENDING"));
    assertThat(store.readCurrent(secret).value()).isEqualTo(OLD);
  }

  @Test
  void refusesANewRotationAndTriesTheStuckOneAgain() throws Exception {
    register((step, time) -> failIf(time <= 6 && step == Step.SET));
    String token = secretsManager.rotate(secret, "rotate-db");
    assertThat(await().outcome()).isEqualTo(Outcome.FAILED);

    assertThatThrownBy(() -> secretsManager.rotate(secret, "rotate-db"))
        .isInstanceOf(ServiceException.class)
        .hasMessage("A previous rotation isn't complete. That rotation will be reattempted.");

    assertThat(await()).isEqualTo(new RotationResult(secret, token, Outcome.SUCCEEDED, 1, ""));
  }

  @Test
  void countsAnErrorOfTheFunctionAsAFailure() throws Exception {
    register(
        (step, time) -> {
          if (time == 1) {
            throw new NoClassDefFoundError("missing");
          }
        });

    secretsManager.rotate(secret, "rotate-db");

    assertThat(await().attempts()).isEqualTo(2);
  }

  @Test
  void failsWhenTheFunctionDidNotMoveAwscurrent() throws Exception {
    secretsManager.register("lazy", event -> {});

    secretsManager.rotate(secret, "lazy");

    assertThat(await().message()).contains("finishSecret", "AWSCURRENT is not on version");
  }

  @Test
  void abandonsARotationWhenAValueIsStoredByHand() throws Exception {
    register(
        (step, time) -> {
          if (step == Step.SET) {
            secretsManager.putSecretValue(secret, Secret.of("by hand"));
          }
        });

    String token = secretsManager.rotate(secret, "rotate-db");

    assertThat(await().outcome()).isEqualTo(Outcome.ABANDONED);
    assertThat(store.readCurrent(secret).value()).isEqualTo(Secret.of("by hand"));
    assertThat(store.describe(secret).labels()).doesNotContainKey(token);
  }

  @Test
  void abandonsAFailedRotationToo() throws Exception {
    register((step, time) -> failIf(step == Step.SET && time <= 6));
    String token = secretsManager.rotate(secret, "rotate-db");
    assertThat(await().outcome()).isEqualTo(Outcome.FAILED);

    call(
        "UpdateSecret",
        request()
            .put("ClientRequestToken", UUID.randomUUID().toString())
            .put("SecretString", "by hand"));

    assertThat(store.describe(secret).labels()).doesNotContainKey(token);
    secretsManager.rotate(secret, "rotate-db");
    assertThat(await().outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @Test
  void keepsRotationTokensOutOfWhatItShows() throws Exception {
    List<String> tokens = Collections.synchronizedList(new ArrayList<>());
    secretsManager.register(
        "rotate-db",
        event -> {
          tokens.add(Json.parseObject(event).orElseThrow().path("RotationToken").asText());
          throw new IllegalStateException("on purpose");
        });

    secretsManager.rotate(secret, "rotate-db");
    String shown = await() + story.toString() + describe();

    assertThat(tokens).hasSize(3).allSatisfy(token -> assertThat(shown).doesNotContain(token));
  }

  @Test
  void stopsWhenRotationIsSwitchedOff() throws Exception {
    register(
        (step, time) -> {
          if (step == Step.CREATE) {
            call("CancelRotateSecret", request());
          }
        });

    String token = secretsManager.rotate(secret, "rotate-db");

    assertThat(await().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(store.describe(secret).rotation()).isEqualTo(SecretDescription.Rotation.DISABLED);
    assertThat(store.describe(secret).labels()).containsEntry(token, Set.of("AWSPENDING"));
  }

  @Test
  void stopsWhenTheSecretIsDeleted() throws Exception {
    register(
        (step, time) -> {
          if (step == Step.CREATE) {
            call("DeleteSecret", request().put("ForceDeleteWithoutRecovery", true));
          }
        });
    String arn = secret;

    secretsManager.rotate(arn, "rotate-db");
    waitUntil(() -> story.contains("CANCELLED"));
  }

  @Test
  void testsOnlyWithTheCurrentValueWhenItShallNotRotateYet() throws Exception {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    secretsManager.register(
        "rotate-db",
        event -> {
          ObjectNode members = Json.parseObject(event).orElseThrow();
          String token = members.path("ClientRequestToken").asText();
          seen.add(members.path("Step").asText());
          seen.add(store.readPending(secret, token).map(Secret::reveal).orElse("none"));
          seen.add(store.describe(secret).rotation().name());
        });
    String token = UUID.randomUUID().toString();

    call(
        "RotateSecret",
        request()
            .put("ClientRequestToken", token)
            .put("RotationLambdaARN", "rotate-db")
            .put("RotateImmediately", false));

    assertThat(await().outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(seen).containsExactly("testSecret", "old", "NEVER_CONFIGURED");
    assertThat(store.history(secret)).doesNotContain(token);
    assertThat(store.describe(secret).rotation()).isEqualTo(SecretDescription.Rotation.ENABLED);
    assertThat(describe().has("LastRotatedDate")).isFalse();
  }

  @Test
  void refusesAFunctionThatItDoesNotKnow() {
    assertRefused(
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
        rotation());
    assertRefused(
        "AccessDeniedException",
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function"
            + " policy grants access to the principal secretsmanager.amazonaws.com.",
        rotation().put("RotationLambdaARN", "arn:aws:lambda:us-east-1:1:function:unknown"));
    assertThat(describe().has("RotationEnabled")).isFalse();
  }

  @Test
  void findsAFunctionByNameArnAndQualifiedArn() throws Exception {
    register((step, time) -> {});

    for (String name :
        List.of(
            "rotate-db",
            "arn:aws:lambda:us-east-1:000000000000:function:rotate-db",
            "arn:aws:lambda:us-east-1:000000000000:function:rotate-db:live")) {
      call("RotateSecret", rotation().put("RotationLambdaARN", name));
      assertThat(await().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }
  }

  @Test
  void takesARepeatedRequestForTheSameRotation() throws Exception {
    register((step, time) -> {});
    ObjectNode request = rotation().put("RotationLambdaARN", "rotate-db");

    ObjectNode first = call("RotateSecret", request);
    await();

    assertThat(call("RotateSecret", request)).isEqualTo(first);
    assertThat(story.stream().filter("SUCCEEDED"::equals)).hasSize(1);
  }

  @Test
  void schedulesTheNextRotation() throws Exception {
    register((step, time) -> {});
    ObjectNode request = rotation().put("RotationLambdaARN", "rotate-db");
    request.putObject("RotationRules").put("AutomaticallyAfterDays", 30).put("Duration", "2h");

    call("RotateSecret", request);
    await();

    Instant next = Json.instant(describe().path("NextRotationDate").decimalValue());
    assertThat(next).isBetween(in(Duration.ofDays(30).minusSeconds(60)), in(Duration.ofDays(31)));
    assertThat(describe().path("RotationRules").path("Duration").asText()).isEqualTo("2h");

    call("CancelRotateSecret", request());
    assertThat(describe().has("NextRotationDate")).isFalse();
    assertThat(describe().path("RotationEnabled").asBoolean(true)).isFalse();
  }

  @Test
  void failsAcrossAccountsWithoutTheRotationToken() throws Exception {
    try (LocalSecretsManager other =
        LocalSecretsManager.builder().acrossAccounts().attempts(3, Duration.ZERO).open()) {
      String arn = other.createSecret("app/db", OLD);
      other.register(
          "forgetful",
          event ->
              other
                  .store()
                  .putPending(
                      arn,
                      Json.parseObject(event).orElseThrow().path("ClientRequestToken").asText(),
                      NEW,
                      null));

      other.rotate(arn, "forgetful");
      RotationResult result = other.await(arn, PATIENCE);

      assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(result.attempts()).isEqualTo(1);
      assertThat(result.message()).contains("was not created by Lambda");
    }
  }

  @Test
  void closesAfterTheStepThatRuns() throws Exception {
    Thread closer = new Thread(secretsManager::close);
    register(
        (step, time) -> {
          closer.start();
          waitUntil(() -> closer.getState() == Thread.State.TIMED_WAITING);
        });

    secretsManager.rotate(secret, "rotate-db");
    waitUntil(() -> story.contains("CANCELLED"));
    closer.join(PATIENCE.toMillis());

    assertThat(story).containsExactly("1 CREATE starts", "CANCELLED");
  }

  // Helpers

  private void register(Extra extra) {
    List<Step> steps = Collections.synchronizedList(new ArrayList<>());
    secretsManager.register(
        "rotate-db",
        event -> {
          ObjectNode members = Json.parseObject(event).orElseThrow();
          Step step = step(members);
          steps.add(step);
          extra.run(step, steps.size());
          work(members);
        });
  }

  private void work(ObjectNode event) {
    String token = event.path("ClientRequestToken").asText();
    switch (step(event)) {
      case CREATE -> store.putPending(secret, token, NEW, null);
      case SET, TEST -> {}
      case FINISH -> {
        SecretDescription described = store.describe(secret);
        if (!described.labelled(token, "AWSCURRENT")) {
          store.promote(secret, described.versionWith("AWSCURRENT").orElseThrow(), token);
        }
      }
    }
  }

  private static Step step(ObjectNode event) {
    for (Step step : Step.values()) {
      if (step.wireName().equals(event.path("Step").asText())) {
        return step;
      }
    }
    throw new IllegalArgumentException("no step");
  }

  private static void failIf(boolean condition) {
    if (condition) {
      throw new IllegalStateException("on purpose");
    }
  }

  private static Instant in(Duration duration) {
    return Instant.now().plus(duration);
  }

  private static void waitUntil(BooleanSupplier condition) throws InterruptedException {
    Instant end = in(PATIENCE);
    while (!condition.getAsBoolean() && Instant.now().isBefore(end)) {
      Thread.sleep(5);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private RotationResult await() throws InterruptedException {
    return secretsManager.await(secret, PATIENCE);
  }

  private ObjectNode request() {
    return Json.object().put("SecretId", secret);
  }

  private ObjectNode rotation() {
    return request().put("ClientRequestToken", UUID.randomUUID().toString());
  }

  private ObjectNode describe() {
    return call("DescribeSecret", request());
  }

  private ObjectNode call(String operation, ObjectNode request) {
    return secretsManager.call(operation, request);
  }

  private void assertRefused(String code, String message, ObjectNode rotation) {
    assertThatThrownBy(() -> call("RotateSecret", rotation))
        .isInstanceOfSatisfying(
            ServiceException.class, refused -> assertThat(refused.code()).isEqualTo(code))
        .hasMessage(message);
  }

  private final class Storyteller implements RotationListener {
    @Override
    public void stepStarted(RotationStep step) {
      story.add("%d %s starts".formatted(step.attempt(), step.step()));
    }

    @Override
    public void stepSucceeded(RotationStep step) {
      boolean current = step.labels().getOrDefault(step.token(), Set.of()).contains("AWSCURRENT");
      story.add("%d %s ok%s".formatted(step.attempt(), step.step(), current ? ", current" : ""));
    }

    @Override
    public void stepFailed(RotationStep step, Exception failure) {
      story.add("%d %s failed: %s".formatted(step.attempt(), step.step(), failure.getMessage()));
    }

    @Override
    public void rotationEnded(RotationResult result) {
      story.add(result.outcome().name());
    }
  }
}

package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.SecretStore.PutOutcome;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.RotationResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SecretStore} does, whichever door of the model it stands at. */
abstract class SecretStoreBehaviour {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Secret OLD = Secret.of("{\"password\":\"old\"}");
  private static final Secret NEW = Secret.of("{\"password\":\"new\"}");

  LocalSecretsManager secretsManager;
  SecretStore store;
  private String secret;

  abstract SecretStore connect() throws Exception;

  @BeforeEach
  void startWithOneSecret() throws Exception {
    secretsManager =
        LocalSecretsManager.builder().attempts(1, Duration.ZERO).acrossAccounts().open();
    store = connect();
    secret = secretsManager.createSecret("app/db", OLD);
  }

  @AfterEach
  void close() {
    secretsManager.close();
  }

  @Test
  void describesLabelsTagsAndState() {
    call("TagResource", "{'SecretId':'app/db','Tags':[{'Key':'team','Value':'blue'}]}");
    String token = secretsManager.stage(secret);

    SecretDescription described = store.describe("app/db");

    assertThat(described.arn()).isEqualTo(secret);
    assertThat(described.rotation()).isEqualTo(SecretDescription.Rotation.NEVER_CONFIGURED);
    assertThat(described.deletion()).isEqualTo(SecretDescription.Deletion.NONE);
    assertThat(described.owningService()).isEmpty();
    assertThat(described.tags()).containsEntry("team", "blue").hasSize(1);
    assertThat(described.labels()).containsEntry(token, Set.of("AWSPENDING")).hasSize(2);
    assertThat(described.versionWith("AWSCURRENT")).contains(current());
  }

  @Test
  void tellsWhoManagesASecretAndThatRotationIsOff() {
    secretsManager.manageBy(secret, "rds");
    assertThat(store.describe(secret).owningService()).contains("rds");

    String other = secretsManager.createSecret("other", OLD);
    call("CancelRotateSecret", "{'SecretId':'other'}");
    assertThat(store.describe(other).rotation()).isEqualTo(SecretDescription.Rotation.DISABLED);
  }

  @Test
  void findsNoValueInThePlaceholderOfARotation() {
    String token = secretsManager.stage(secret);

    assertThat(store.readPending(secret, token)).isEmpty();
    assertThat(store.read(secret, token)).isEmpty();
    assertThat(store.read(secret, UUID.randomUUID().toString())).isEmpty();
  }

  @Test
  void storesThePendingValueOnceAndForAll() {
    String token = secretsManager.stage(secret);

    assertThat(store.putPending(secret, token, NEW, null)).isEqualTo(PutOutcome.STORED);
    assertThat(store.putPending(secret, token, NEW, null)).isEqualTo(PutOutcome.STORED);
    assertThat(store.putPending(secret, token, OLD, null)).isEqualTo(PutOutcome.HAS_OTHER_VALUE);

    assertThat(store.readPending(secret, token)).contains(NEW);
    assertThat(store.read(secret, token)).contains(NEW);
    assertThat(store.readCurrent(secret).value()).isEqualTo(OLD);
  }

  @Test
  void takesAValueAsProofOfItsLabel() {
    String current = current();

    assertThat(store.read(secret, current)).contains(OLD);
    assertThat(store.readPending(secret, current)).isEmpty();
  }

  @Test
  void promotesAndKeepsThePreviousVersion() {
    String token = pendingVersion();
    String old = current();

    store.promote(secret, old, token);

    assertThat(store.readCurrent(secret)).isEqualTo(new SecretVersion(token, NEW));
    assertThat(store.describe(secret).labels())
        .containsEntry(token, Set.of("AWSCURRENT", "AWSPENDING"))
        .containsEntry(old, Set.of("AWSPREVIOUS"));
  }

  @Test
  void reportsALostCompareAndSetAsConflict() {
    String token = pendingVersion();
    String stale = current();
    secretsManager.putSecretValue(secret, Secret.of("{\"password\":\"by hand\"}"));

    assertFails(CONFLICT, () -> store.promote(secret, stale, token));
  }

  @Test
  void listsVersionsWithoutLabelsTooNewestFirst() {
    String first = current();
    String second = secretsManager.putSecretValue(secret, NEW);
    String third = secretsManager.putSecretValue(secret, OLD);

    assertThat(store.history(secret)).containsExactly(third, second, first);
  }

  @Test
  void forwardsTheRotationToken() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>("");
    secretsManager.register(
        "function",
        bytes -> {
          ObjectNode event = (ObjectNode) JSON.readTree(bytes);
          seen.set(event.path("RotationToken").asText());
          if (event.path("Step").asText().equals("createSecret")) {
            store.putPending(
                event.path("SecretId").asText(),
                event.path("ClientRequestToken").asText(),
                NEW,
                Secret.of(seen.get()));
          } else if (event.path("Step").asText().equals("finishSecret")) {
            store.promote(secret, current(), event.path("ClientRequestToken").asText());
          }
        });

    secretsManager.rotate(secret, "function");

    assertThat(secretsManager.await(secret, Duration.ofMinutes(1)).outcome())
        .isEqualTo(RotationResult.Outcome.SUCCEEDED);
    assertThat(seen.get()).hasSizeBetween(36, 256);
    assertThat(store.readCurrent(secret).value()).isEqualTo(NEW);
  }

  @Test
  void failsForWhatIsDeletedOrMissing() {
    call("DeleteSecret", "{'SecretId':'app/db','RecoveryWindowInDays':7}");

    assertThat(store.describe(secret).deletion()).isEqualTo(SecretDescription.Deletion.SCHEDULED);
    assertFails(MISCONFIGURED, () -> store.readCurrent(secret));
    assertFails(MISCONFIGURED, () -> store.read(secret, UUID.randomUUID().toString()));
    assertFails(
        MISCONFIGURED, () -> store.putPending(secret, UUID.randomUUID().toString(), NEW, null));
    assertFails(MISCONFIGURED, () -> store.describe("missing"));
    assertFails(MISCONFIGURED, () -> store.readCurrent("missing"));
    assertFails(MISCONFIGURED, () -> store.history("missing"));
  }

  @Test
  void refusesABinaryValue() {
    String token = UUID.randomUUID().toString();
    call(
        "PutSecretValue",
        "{'SecretId':'app/db','ClientRequestToken':'%s','SecretBinary':'AQID'}".formatted(token));

    assertThat(assertFails(MISCONFIGURED, () -> store.readCurrent(secret)))
        .contains("SecretBinary");
    assertFails(MISCONFIGURED, () -> store.read(secret, token));
  }

  @Test
  void reportsThrottlingThatDoesNotEnd() {
    secretsManager.faults().throttle("GetSecretValue", 100);

    assertFails(THROTTLED, () -> store.readCurrent(secret));
  }

  @Test
  void reportsAKeyThatMayNotBeUsed() {
    secretsManager.faults().denyKms(true);

    assertThat(assertFails(PRIVILEGE, () -> store.readCurrent(secret))).contains("KMS");
    assertThat(
            assertFails(
                PRIVILEGE, () -> store.putPending(secret, secretsManager.stage(secret), NEW, null)))
        .contains("KMS");
  }

  @Test
  void doesNotSeeTheLastWriteForAWhile() {
    String token = pendingVersion();
    secretsManager.faults().hideLastWrite(2);

    assertThat(store.readPending(secret, token)).isEmpty();
    assertThat(store.readPending(secret, token)).isEmpty();
    assertThat(store.readPending(secret, token)).contains(NEW);
  }

  @Test
  void doesNotSeeAnyWriteAtOnce() {
    secretsManager.faults().hideEachWrite(1);
    String token = pendingVersion();

    assertThat(store.readPending(secret, token)).isEmpty();
    assertThat(store.readPending(secret, token)).contains(NEW);
  }

  @Test
  void letsOneOfManyValuesWin() {
    String token = secretsManager.stage(secret);

    List<PutOutcome> outcomes =
        IntStream.range(0, 8)
            .parallel()
            .mapToObj(i -> store.putPending(secret, token, Secret.of("{\"n\":" + i + "}"), null))
            .toList();

    assertThat(outcomes).containsOnlyOnce(PutOutcome.STORED);
    assertThat(store.readPending(secret, token)).isPresent();
  }

  @Test
  void givesUpOnASilentEndpointWhenTheTimeIsOver() {
    secretsManager.faults().fallSilent(true);
    Instant start = Instant.now();

    assertFails(NETWORK, () -> store.until(start.plusMillis(300)).readCurrent(secret));

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void everyCallIsCounted() {
    secretsManager.faults().forgetCalls();

    store.describe(secret);
    store.readCurrent(secret);

    assertThat(secretsManager.faults().calls())
        .isEqualTo(List.of("DescribeSecret", "GetSecretValue"));
  }

  String assertFails(Reason reason, ThrowingCallable call) {
    RotationException failure = catchThrowableOfType(RotationException.class, call);
    assertThat(failure).isNotNull();
    assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
    assertThat(failure.getMessage()).doesNotContain("password");
    return failure.getMessage();
  }

  String secret() {
    return secret;
  }

  private String current() {
    return store.describe(secret).versionWith("AWSCURRENT").orElseThrow();
  }

  private String pendingVersion() {
    String token = secretsManager.stage(secret);
    store.putPending(secret, token, NEW, null);
    return token;
  }

  private void call(String operation, String json) {
    try {
      secretsManager.call(operation, (ObjectNode) JSON.readTree(json.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}

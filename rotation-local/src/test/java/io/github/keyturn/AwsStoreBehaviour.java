package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the stores that talk to AWS do, at the model's HTTP door. */
abstract class AwsStoreBehaviour extends SecretStoreBehaviour {

  static final Map<String, String> FUNCTION =
      Map.of(
          "AWS_REGION", "us-east-1",
          "AWS_ACCESS_KEY_ID", "ASIATEST",
          "AWS_SECRET_ACCESS_KEY", "test",
          "AWS_SESSION_TOKEN", "test");

  @SuppressWarnings("NullAway.Init") // connect() runs before each test
  private LocalEndpoint endpoint;

  abstract LocalEndpoint listen(LocalSecretsManager secretsManager) throws Exception;

  abstract SecretStore connect(RotationSettings settings);

  @Override
  SecretStore connect() throws Exception {
    endpoint = listen(secretsManager);
    return connect(settings(endpoint));
  }

  static RotationSettings settings(LocalEndpoint endpoint) {
    return RotationSettings.from(Map.of("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString()));
  }

  LocalEndpoint endpoint() {
    return endpoint;
  }

  @Test
  void triesAgainWhenItIsThrottledForAMoment() {
    secretsManager.faults().forgetCalls();
    secretsManager.faults().throttle("GetSecretValue", 2);

    assertThat(store.readCurrent(secret()).value().reveal()).contains("old");

    assertThat(secretsManager.faults().calls()).hasSize(3);
  }

  @Test
  void triesAgainWhenTheServiceFailsInside() {
    secretsManager.faults().failInside("DescribeSecret", 1);

    assertThat(store.describe(secret()).arn()).isEqualTo(secret());
  }

  @Test
  void namesTheKmsActionsThatAreMissing() {
    secretsManager.faults().denyKms(true);

    assertThat(assertFails(PRIVILEGE, () -> store.readCurrent(secret())))
        .contains("kms:Decrypt", "kms:GenerateDataKey");
  }

  @Test
  void reportsARefusedConnectionBeforeTheDeadline() {
    endpoint.close();
    Instant deadline = Instant.now().plus(Duration.ofSeconds(30));

    assertThat(assertFails(NETWORK, () -> store.until(deadline).readCurrent(secret())))
        .contains(endpoint.url().toString());

    assertThat(Instant.now()).isBefore(deadline);
  }

  @Test
  void everyCallKnowsItsDeadline() {
    secretsManager.faults().fallSilent(true);
    Instant start = Instant.now();
    SecretStore hurried = store.until(start.plusMillis(200));

    assertFails(NETWORK, () -> hurried.describe(secret()));
    assertFails(NETWORK, () -> hurried.history(secret()));
    assertFails(NETWORK, () -> hurried.read(secret(), "a".repeat(36)));
    assertFails(NETWORK, () -> hurried.putPending(secret(), "a".repeat(36), Secret.of("{}"), null));
    assertFails(NETWORK, () -> hurried.promote(secret(), "a".repeat(36), "b".repeat(36)));

    // one that waited for the socket's own timeouts would take longer by itself
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }
}

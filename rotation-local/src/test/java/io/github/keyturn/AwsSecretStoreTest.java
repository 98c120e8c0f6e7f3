package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.local.LocalEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The store that functions use on AWS, with the real SDK, at the model's HTTP door. */
class AwsSecretStoreTest extends SecretStoreBehaviour {

  private static final Map<String, String> SDK_PROPERTIES =
      Map.of("aws.region", "us-east-1", "aws.accessKeyId", "test", "aws.secretAccessKey", "test");

  @SuppressWarnings("NullAway.Init") // connect() runs before each test
  private LocalEndpoint endpoint;

  @BeforeAll
  static void giveTheSdkCredentials() {
    SDK_PROPERTIES.forEach(System::setProperty);
  }

  @AfterAll
  static void takeThemAway() {
    SDK_PROPERTIES.keySet().forEach(System::clearProperty);
  }

  @Override
  SecretStore connect() throws Exception {
    endpoint = secretsManager.listen(0);
    return AwsSecretStore.connect(
        RotationSettings.from(Map.of("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString())));
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

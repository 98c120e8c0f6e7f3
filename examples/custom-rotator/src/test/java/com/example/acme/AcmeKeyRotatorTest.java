package com.example.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalSecretsManager;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcmeKeyRotatorTest {

  private static final String SECRET = "acme";

  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private Acme acme;
  private HandlerFunction function;

  @BeforeEach
  void start() throws IOException {
    acme = new Acme();
    acme.issue("first", "key-of-the-first");
    secrets.createSecret(
        SECRET,
        Secret.of(
            "{\"url\":\"%s\",\"keyId\":\"first\",\"apiKey\":\"key-of-the-first\",\"team\":7}"
                .formatted(acme.url())));
    function =
        HandlerFunction.of(
            new AcmeRotationHandler(RotationSettings.from(Map.of()), secrets.store()),
            Duration.ofSeconds(30),
            line -> {});
  }

  @AfterEach
  void stop() {
    acme.close();
    secrets.close();
  }

  @Test
  void keepsTheOldKeyUntilTheNextRotation() throws Exception {
    rotate(Step.FINISH);
    assertThat(acme.accepts(current().text("apiKey"))).isTrue();
    assertThat(acme.accepts("key-of-the-first")).isTrue();

    rotate(Step.FINISH);
    assertThat(acme.accepts(current().text("apiKey"))).isTrue();
    assertThat(acme.accepts("key-of-the-first")).isFalse();
    assertThat(acme.keys()).hasSize(2);
  }

  @Test
  void leavesNoOrphanWhenItDiesBeforeTheKeyIsStored() throws Exception {
    String token = secrets.stage(SECRET);
    secrets.faults().failInside("PutSecretValue", 1);
    assertThatThrownBy(() -> run(Step.CREATE, token)).hasMessageContaining("FAILED");
    assertThat(acme.keys()).hasSize(2);

    for (Step step : Step.values()) {
      run(step, token);
    }

    assertThat(acme.keys()).hasSize(2);
    assertThat(acme.accepts(current().text("apiKey"))).isTrue();
  }

  @Test
  void takesAnOutageForWhatItIs() throws Exception {
    String token = rotate(Step.SET);
    acme.failWith(503);

    assertThatThrownBy(() -> run(Step.TEST, token)).hasMessageContaining("503");
  }

  @Test
  void keepsFieldsThatAreNotItsOwn() throws Exception {
    rotate(Step.FINISH);

    assertThat(current().json().reveal()).contains("\"team\":7");
  }

  private String rotate(Step last) throws Exception {
    String token = secrets.stage(SECRET);
    for (Step step : List.of(Step.values())) {
      if (step.compareTo(last) <= 0) {
        run(step, token);
      }
    }
    return token;
  }

  private void run(Step step, String token) throws Exception {
    function.invoke(HandlerFunction.event(step, secrets.store().describe(SECRET).arn(), token));
  }

  private SecretDocument current() {
    return SecretDocument.parse(secrets.store().readCurrent(SECRET).value());
  }
}

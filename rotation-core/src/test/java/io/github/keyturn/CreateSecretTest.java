package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.OLD_PASSWORD;
import static io.github.keyturn.Scene.PREVIOUS;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.ScriptedStore.Call.PUT;
import static io.github.keyturn.ScriptedStore.Call.READ_PENDING;
import static io.github.keyturn.Step.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CreateSecretTest {

  private final Scene scene = new Scene();

  @Test
  void storesANewValueUnderAwspendingAndLeavesTheTargetAlone() throws Exception {
    RotationFunction function = scene.exclusive();

    function.run(CREATE, TOKEN);

    SecretDocument pending = scene.store.labelled("AWSPENDING");
    assertThat(pending.text("password")).isNotEqualTo(OLD_PASSWORD);
    assertThat(pending.with("password", OLD_PASSWORD)).isEqualTo(scene.store.document(CURRENT));
    assertThat(scene.store.versionWith("AWSPENDING")).contains(TOKEN);
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(CURRENT);
    assertThat(scene.target.logins()).isZero();
    assertThat(function.logged("outcome")).isEqualTo("APPLIED");
  }

  @Test
  @DisplayName("A retry keeps the value that an earlier delivery stored")
  void keepsThePendingValue() throws Exception {
    scene.store.add(TOKEN, Scene.value("pending-password"), "AWSPENDING");
    RotationFunction function = scene.issuing();

    function.run(CREATE, TOKEN);

    assertThat(scene.password("AWSPENDING")).isEqualTo("pending-password");
    assertThat(scene.target.changes()).isZero();
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Test
  void doesNothingForAVersionThatIsCurrentAlready() throws Exception {
    RotationFunction function = scene.issuing();

    function.run(CREATE, CURRENT);

    assertThat(scene.target.changes()).isZero();
    assertThat(scene.store.calls()).doesNotContain(PUT);
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Test
  void refusesAVersionThatIsNotStagedAndSaysWhereTheLabelsAre() {
    RotationException failure = scene.exclusive().failure(CREATE, NEXT_TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("version %s of this secret does not carry AWSPENDING", NEXT_TOKEN)
        .hasMessageContaining("AWSPENDING is on %s, AWSCURRENT on %s", TOKEN, CURRENT)
        .hasMessageContaining("RotateSecret");
    assertThat(scene.store.calls()).doesNotContain(PUT);
  }

  @Test
  void failsWhenNoVersionIsCurrent() {
    scene.store.removeLabel("AWSCURRENT");

    assertThat(scene.exclusive().failure(CREATE, TOKEN))
        .hasMessageContaining("no version of this secret carries AWSCURRENT")
        .hasMessageContaining("PutSecretValue");
  }

  @Test
  void failsWhenTheCurrentVersionHasNoValue() {
    scene.store.promote(ScriptedStore.SECRET, CURRENT, NEXT_TOKEN);
    RotationFunction function = scene.exclusive();
    function.context().timeLeft(Duration.ofMillis(200));

    RotationException failure = function.failure(CREATE, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("version %s carries AWSCURRENT but has no value", NEXT_TOKEN);
  }

  @Test
  void handsTheRotationTokenToPutSecretValue() throws Exception {
    RotationFunction function = scene.exclusive();

    function.run(CREATE, TOKEN);

    assertThat(scene.store.lastRotationToken())
        .contains(Secret.of(RotationFunction.ROTATION_TOKEN));
    assertThat(function.log()).noneMatch(line -> line.contains(RotationFunction.ROTATION_TOKEN));
  }

  @Test
  void sendsNoRotationTokenWhenTheEventHasNone() throws Exception {
    scene
        .exclusive()
        .run(
            """
            {"Step": "create_secret", "SecretId": "%s", "ClientRequestToken": "%s"}"""
                .formatted(ScriptedStore.SECRET, TOKEN));

    assertThat(scene.store.hasValue(TOKEN)).isTrue();
    assertThat(scene.store.lastRotationToken()).isEmpty();
  }

  @Nested
  @DisplayName("When another delivery stores its value first")
  class LostRace {

    @Test
    void keepsTheOtherValueAndRetiresWhatWasJustMade() throws Exception {
      anotherDeliveryStores("other-password");
      RotationFunction function = scene.issuing();

      function.run(CREATE, TOKEN);

      assertThat(scene.password("AWSPENDING")).isEqualTo("other-password");
      assertThat(scene.target.accepted()).containsExactlyInAnyOrder(OLD_PASSWORD, "other-password");
      assertThat(function.logged("outcome")).isEqualTo("NOOP");
      assertThat(function.log()).anyMatch(line -> line.contains("another delivery"));
    }

    @Test
    void aRotatorWithNothingToRetireJustKeepsTheOtherValue() throws Exception {
      anotherDeliveryStores("other-password");

      scene.exclusive().run(CREATE, TOKEN);

      assertThat(scene.password("AWSPENDING")).isEqualTo("other-password");
      assertThat(scene.target.accepted()).contains(OLD_PASSWORD);
    }

    private void anotherDeliveryStores(String password) {
      scene.store.beforeNext(
          PUT,
          () -> {
            scene.target.accept(password);
            scene.store.add(TOKEN, Scene.value(password), "AWSPENDING");
          });
    }
  }

  @Test
  @DisplayName("A read that does not see the stored value yet can't replace it")
  void aReadThatIsTooEarlyDoesNotReplaceThePendingValue() throws Exception {
    scene.store.add(TOKEN, Scene.value("pending-password"), "AWSPENDING");
    scene.store.hidePendingFor(1);

    scene.exclusive().run(CREATE, TOKEN);

    assertThat(scene.password("AWSPENDING")).isEqualTo("pending-password");
  }

  @Nested
  @DisplayName("With RETIRE_OLD=AT_NEXT_ROTATION, the default")
  class RetiresAtTheNextRotation {

    @Test
    void retiresThePreviousValueThatIsStillAccepted() throws Exception {
      previous(Scene.value("previous-password"));
      scene.target.accept("previous-password");

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.target.accepts("previous-password")).isFalse();
      assertThat(scene.target.accepts(OLD_PASSWORD)).isTrue();
    }

    @Test
    void retiresAPreviousValueThatLogsInButLacksARight() throws Exception {
      previous(Scene.value("previous-password"));
      scene.target.accept("previous-password");
      scene.target.loseRights();

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.target.accepts("previous-password")).isFalse();
    }

    @Test
    void leavesAPreviousValueThatTheTargetRefuses() throws Exception {
      previous(Scene.value("previous-password"));

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.target.changes()).as("only the new key is a change").isEqualTo(1);
    }

    @Test
    @DisplayName("A previous value that is the current one would take it along")
    void leavesAPreviousValueThatEqualsTheCurrentOne() throws Exception {
      previous(Scene.value(OLD_PASSWORD));

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.target.accepts(OLD_PASSWORD)).isTrue();
    }

    @Test
    void leavesAPreviousValueOfAnotherTarget() throws Exception {
      previous(Scene.value("previous-password").replace("target.example.com", "old.example.com"));
      scene.target.accept("previous-password");

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.target.accepts("previous-password")).isTrue();
    }

    @Test
    void leavesAPreviousValueThatIsNoJson() throws Exception {
      previous("previous-password");

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.store.hasValue(TOKEN)).isTrue();
    }

    @Test
    @DisplayName("Somebody edited another field: the previous value holds the current password")
    void leavesAPreviousValueWithTheCurrentCredential() throws Exception {
      previous(Scene.value(OLD_PASSWORD).replace("payments", "billing"));

      scene.issuing().run(CREATE, TOKEN);

      assertThat(scene.target.accepts(OLD_PASSWORD)).isTrue();
    }

    @Test
    @DisplayName("Without a field that looks like a credential, any difference makes another one")
    void retiresAPreviousValueOfUnknownShape() {
      SecretDocument one = SecretDocument.parse(Secret.of("{\"keyId\": \"a\", \"value\": \"1\"}"));

      assertThat(one.sharesCredential(one)).isTrue();
      assertThat(one.sharesCredential(one.with("value", "2"))).isFalse();
    }

    @Test
    void doesNotAskForThePreviousValueWhenItRetiresAtFinish() throws Exception {
      previous(Scene.value("previous-password"));
      scene.target.accept("previous-password");

      scene.setting("RETIRE_OLD", "AT_FINISH").issuing().run(CREATE, TOKEN);

      assertThat(scene.target.accepts("previous-password")).isTrue();
    }

    @Test
    void aRotatorWithNothingToRetireDoesNotAskForThePreviousValue() throws Exception {
      previous(Scene.value("previous-password"));

      scene.exclusive().run(CREATE, TOKEN);

      assertThat(scene.store.calls())
          .containsExactly(ScriptedStore.Call.DESCRIBE, READ_PENDING, ScriptedStore.Call.READ, PUT);
    }

    private void previous(String value) {
      scene.store.add(PREVIOUS, value, "AWSPREVIOUS");
    }
  }
}

package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.OLD_PASSWORD;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.TEST;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TestSecretTest {

  private static final String NEW_PASSWORD = "new-password-of-version-2";

  private final Scene scene = Scene.withPending(NEW_PASSWORD);

  @Test
  void logsInWithThePendingValueOnceAndChangesNothing() throws Exception {
    scene.target.acceptOnly(NEW_PASSWORD);

    scene.exclusive().run(TEST, TOKEN);

    assertThat(scene.target.logins()).isEqualTo(1);
    assertThat(scene.target.changes()).isZero();
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(CURRENT);
  }

  @Test
  void failsForARefusedValueWithoutTryingAnother() {
    RotationException failure = scene.exclusive().failure(TEST, TOKEN);

    assertThat(failure.reason()).isEqualTo(REJECTED);
    assertThat(failure).hasMessageContaining("AWSCURRENT stays");
    assertThat(scene.target.logins()).isEqualTo(1);
  }

  @Test
  void failsForALoginThatLacksARight() {
    scene.target.acceptOnly(NEW_PASSWORD);
    scene.target.loseRights();

    assertThat(scene.exclusive().failure(TEST, TOKEN).reason()).isEqualTo(PRIVILEGE);
  }

  @Test
  void anOutageIsNotARefusal() {
    scene.target.goDown();

    assertThat(scene.exclusive().failure(TEST, TOKEN).reason()).isEqualTo(FAILED);
  }

  @Test
  void waitsForAPendingValueThatIsNotSeenYet() throws Exception {
    scene.target.acceptOnly(NEW_PASSWORD);
    scene.store.hidePendingFor(2);

    scene.exclusive().run(TEST, TOKEN);

    assertThat(scene.target.refusedLogins()).isZero();
  }

  @Test
  void refusesAVersionThatIsNotStaged() {
    assertThat(scene.exclusive().failure(TEST, NEXT_TOKEN))
        .hasMessageContaining("does not carry AWSPENDING");
  }

  @Test
  void changesNothingForAVersionThatIsCurrentAlready() throws Exception {
    scene.store.removeLabel("AWSPENDING");
    RotationFunction function = scene.exclusive();

    function.run(TEST, CURRENT);

    assertThat(scene.target.changes()).isZero();
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Nested
  @DisplayName("Alone, as RotateSecret with RotateImmediately=false runs it")
  class Alone {

    @Test
    void takesAPendingValueThatEqualsTheCurrentOne() throws Exception {
      scene.store.add(TOKEN, Scene.value(OLD_PASSWORD), "AWSPENDING");

      scene.exclusive().run(TEST, TOKEN);

      assertThat(scene.target.logins()).isEqualTo(1);
    }

    @Test
    @DisplayName("proves the connection with AWSCURRENT when AWSPENDING never gets a value")
    void provesTheConnectionWithTheCurrentValue() throws Exception {
      scene.store.stage(NEXT_TOKEN);
      RotationFunction function = scene.exclusive();

      // waits in full, since the value may only be late
      function.run(TEST, NEXT_TOKEN);

      assertThat(scene.target.logins()).isEqualTo(1);
      assertThat(function.logged("outcome")).isEqualTo("NOOP");
    }

    @Test
    void namesTheCurrentValueWhenItIsRefused() {
      scene.store.stage(NEXT_TOKEN);
      scene.target.acceptOnly("changed-by-hand");
      RotationFunction function = scene.exclusive();
      function.context().timeLeft(Duration.ofMillis(200));

      RotationException failure = function.failure(TEST, NEXT_TOKEN);

      assertThat(failure.reason()).isEqualTo(REJECTED);
      assertThat(failure).hasMessageContaining("the login of AWSCURRENT");
    }

    @Test
    void rotationThatWasNeverSetUpIsNoObstacle() throws Exception {
      scene.store.rotation(SecretDescription.Rotation.NEVER_CONFIGURED);
      scene.store.stage(NEXT_TOKEN);
      RotationFunction function = scene.exclusive();
      function.context().timeLeft(Duration.ofMillis(200));

      function.run(TEST, NEXT_TOKEN);

      assertThat(scene.target.refusedLogins()).isZero();
    }
  }
}

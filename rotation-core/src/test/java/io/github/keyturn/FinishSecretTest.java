package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.OLD_PASSWORD;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.ScriptedStore.Call.DESCRIBE;
import static io.github.keyturn.ScriptedStore.Call.PROMOTE;
import static io.github.keyturn.ScriptedStore.Call.READ_PENDING;
import static io.github.keyturn.Step.FINISH;
import static io.github.keyturn.Step.TEST;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FinishSecretTest {

  private static final String NEW_PASSWORD = "new-password-of-version-2";

  private final Scene scene = Scene.withPending(NEW_PASSWORD);

  @Test
  void movesAwscurrentInOneCall() throws Exception {
    RotationFunction function = scene.exclusive();

    function.run(FINISH, TOKEN);

    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
    assertThat(scene.store.versionWith("AWSPREVIOUS")).contains(CURRENT);
    assertThat(scene.store.calls()).containsExactly(DESCRIBE, READ_PENDING, PROMOTE);
    assertThat(scene.target.logins()).isZero();
    assertThat(function.logged("outcome")).isEqualTo("APPLIED");
  }

  @Test
  void doesNothingForAVersionThatIsCurrentAlready() throws Exception {
    RotationFunction function = scene.issuing();

    function.run(FINISH, CURRENT);

    assertThat(scene.store.calls()).containsExactly(DESCRIBE);
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Test
  void refusesAVersionThatIsNotStaged() {
    assertThat(scene.exclusive().failure(FINISH, NEXT_TOKEN))
        .hasMessageContaining("does not carry AWSPENDING");
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(CURRENT);
  }

  @Test
  @DisplayName("AWSCURRENT on a version without a value would be an outage for every client")
  void neverPromotesAVersionWithoutAValue() {
    scene.store.stage(NEXT_TOKEN);
    RotationFunction function = scene.exclusive();
    function.context().timeLeft(Duration.ofMillis(200));

    RotationException failure = function.failure(FINISH, NEXT_TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("AWSPENDING has no value");
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(CURRENT);
  }

  @Test
  void waitsForAPendingValueThatIsNotSeenYet() throws Exception {
    scene.store.hidePendingFor(2);

    scene.exclusive().run(FINISH, TOKEN);

    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
  }

  @Test
  void aWarmFunctionTrustsItsOwnTest() throws Exception {
    scene.target.acceptOnly(NEW_PASSWORD);
    RotationFunction function = scene.exclusive();
    function.run(TEST, TOKEN);
    scene.store.forgetCalls();
    scene.store.hidePendingFor(1);

    function.run(FINISH, TOKEN);

    assertThat(scene.store.calls()).containsExactly(DESCRIBE, PROMOTE);
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
  }

  @Test
  void aTestOfAnotherVersionProvesNothing() throws Exception {
    scene.target.acceptOnly(NEW_PASSWORD);
    RotationFunction function = scene.exclusive();
    function.run(TEST, TOKEN);
    scene.store.stage(NEXT_TOKEN);
    function.context().timeLeft(Duration.ofMillis(200));

    assertThat(function.failure(FINISH, NEXT_TOKEN))
        .hasMessageContaining("AWSPENDING has no value");
  }

  @Test
  void aDeliveryThatWasFirstIsAsGood() throws Exception {
    scene.store.beforeNext(
        PROMOTE, () -> scene.store.promote(ScriptedStore.SECRET, CURRENT, TOKEN));
    RotationFunction function = scene.exclusive();

    function.run(FINISH, TOKEN);

    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
    assertThat(function.logged("outcome")).isEqualTo("NOOP");
  }

  @Test
  @DisplayName("A value that somebody stored by hand meanwhile stays current")
  void aConflictWithSomebodyElseFails() {
    scene.store.beforeNext(
        PROMOTE, () -> scene.store.add("by-hand", Scene.value("by-hand"), "AWSCURRENT"));

    assertThat(scene.exclusive().failure(FINISH, TOKEN).reason()).isEqualTo(CONFLICT);
    assertThat(scene.store.versionWith("AWSCURRENT")).contains("by-hand");
  }

  @Test
  void keepsTheOldValueForOneRotationByDefault() throws Exception {
    scene.target.accept(NEW_PASSWORD);

    scene.issuing().run(FINISH, TOKEN);

    assertThat(scene.target.accepted()).containsExactlyInAnyOrder(OLD_PASSWORD, NEW_PASSWORD);
  }

  @Nested
  @DisplayName("With RETIRE_OLD=AT_FINISH")
  class RetiresAtFinish {

    @Test
    void retiresTheReplacedValue() throws Exception {
      scene.target.accept(NEW_PASSWORD);

      issuing().run(FINISH, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    }

    @Test
    @DisplayName("The function died after moving AWSCURRENT: the old value still dies")
    void retiresForAVersionThatIsCurrentAlready() throws Exception {
      scene.target.accept(NEW_PASSWORD);
      scene.store.promote(ScriptedStore.SECRET, CURRENT, TOKEN);

      issuing().run(FINISH, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    }

    @Test
    @DisplayName("A read just after the promotion may still see the old value as AWSCURRENT")
    void retiresThoughReadsDoNotSeeThePromotionYet() throws Exception {
      scene.target.accept(NEW_PASSWORD);
      scene.store.hidePromotionFor(1);

      issuing().run(FINISH, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
    }

    @Test
    void repeatsWithoutHarm() throws Exception {
      scene.target.accept(NEW_PASSWORD);
      RotationFunction function = issuing();

      function.run(FINISH, TOKEN);
      function.run(FINISH, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(NEW_PASSWORD);
      assertThat(scene.target.changes()).isEqualTo(1);
    }

    @Test
    void leavesAReplacedValueThatEqualsTheCurrentOne() throws Exception {
      scene.store.add(TOKEN, Scene.value(OLD_PASSWORD), "AWSPENDING");

      issuing().run(FINISH, TOKEN);

      assertThat(scene.target.accepted()).containsExactly(OLD_PASSWORD);
    }

    private RotationFunction issuing() {
      return scene.setting("RETIRE_OLD", "AT_FINISH").issuing();
    }
  }
}

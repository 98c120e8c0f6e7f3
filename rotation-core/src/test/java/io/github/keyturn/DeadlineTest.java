package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.Scene.NEXT_TOKEN;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.SET;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A step ends with a report before Lambda ends the function without one. */
class DeadlineTest {

  private final Scene scene = Scene.withPending("new-password-of-version-2");

  @Test
  void doesNotWaitForATargetLongerThanTheFunctionLives() {
    scene.target.lagBehind(1000);
    RotationFunction function = scene.setting("SETTLE_SECONDS", "600").exclusive();
    function.context().timeLeft(Duration.ofMillis(600));
    Instant start = Instant.now();

    RotationException failure = function.failure(SET, TOKEN);

    assertThat(failure.reason()).isEqualTo(REJECTED);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(600));
  }

  @Test
  void doesNotWaitForAValueLongerThanTheFunctionLives() {
    scene.store.stage(NEXT_TOKEN);
    RotationFunction function = scene.exclusive();
    function.context().timeLeft(Duration.ofMillis(600));
    Instant start = Instant.now();

    RotationException failure = function.failure(SET, NEXT_TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(600));
  }

  @Test
  @DisplayName("A rotator sees the time that Lambda gives, less what a report takes")
  void tellsTheRotatorHowMuchTimeIsLeft() throws Exception {
    List<Duration> seen = new ArrayList<>();
    RotationFunction function =
        scene.function(
            new ExclusiveRotator(scene.target) {
              @Override
              public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
                seen.add(rotation.timeLeft());
                return super.check(candidate, rotation);
              }
            });
    function.context().timeLeft(Duration.ofSeconds(30));

    function.run(SET, TOKEN);

    assertThat(seen)
        .hasSize(1)
        .allSatisfy(
            left -> assertThat(left).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(29)));
  }

  @Test
  void keepsAFifthOfAShortTimeForTheReport() {
    FakeContext context = new FakeContext();
    context.timeLeft(Duration.ofSeconds(1));

    assertThat(Deadline.of(context).left())
        .isBetween(Duration.ofMillis(500), Duration.ofMillis(800));
  }

  @Test
  void isNeverNegative() {
    FakeContext context = new FakeContext();
    context.timeLeft(Duration.ZERO);

    assertThat(Deadline.of(context).left()).isZero();
  }

  @Test
  @DisplayName("Outside of Lambda it is as long as the longest invocation")
  void isLongWithoutAContext() {
    assertThat(Deadline.of(null).left()).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));
  }
}

package io.github.keyturn;

import static io.github.keyturn.Scene.OLD_PASSWORD;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.CREATE;
import static io.github.keyturn.Step.FINISH;
import static io.github.keyturn.Step.SET;
import static io.github.keyturn.Step.TEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.ScriptedStore.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets Manager may deliver a step twice, late, and at the same time. */
class DeliveryTest {

  private final Scene scene = new Scene();

  @Test
  void everyStepTwiceIsAsOnceForOnePassword() throws Exception {
    RotationFunction function = scene.exclusive();

    for (Step step : Step.values()) {
      function.run(step, TOKEN);
      function.run(step, TOKEN);
    }

    assertThat(scene.target.accepted()).containsExactly(scene.password("AWSCURRENT"));
    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
  }

  @Test
  void everyStepTwiceIsAsOnceForIssuedKeys() throws Exception {
    RotationFunction function = scene.issuing();

    for (Step step : Step.values()) {
      function.run(step, TOKEN);
      function.run(step, TOKEN);
    }

    assertThat(scene.target.accepted())
        .containsExactlyInAnyOrder(OLD_PASSWORD, scene.password("AWSCURRENT"));
    assertThat(scene.target.changes()).isEqualTo(1);
  }

  @Test
  @DisplayName("A whole rotation delivered again after its end changes nothing")
  void aLateDeliveryOfAllStepsChangesNothing() throws Exception {
    RotationFunction function = scene.issuing();
    function.rotate(TOKEN);
    int changes = scene.target.changes();
    String current = scene.password("AWSCURRENT");

    function.rotate(TOKEN);

    assertThat(scene.target.changes()).isEqualTo(changes);
    assertThat(scene.password("AWSCURRENT")).isEqualTo(current);
  }

  @ParameterizedTest(name = "{0}, both before {1}")
  @CsvSource({
    "CREATE, PUT",
    "SET, READ_CURRENT",
    "TEST, READ_PENDING",
    "FINISH, PROMOTE",
  })
  @DisplayName("Two deliveries of a step at the same time are as one")
  void twoDeliveriesAtOnceAreAsOne(Step step, Call meeting) throws Exception {
    rotateWithTwoDeliveriesAtOnce(scene.exclusive(), step, meeting);

    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
    assertThat(scene.target.accepted()).containsExactly(scene.password("AWSCURRENT"));
  }

  @ParameterizedTest(name = "{0}, both before {1}")
  @CsvSource({
    "CREATE, READ_PENDING",
    "SET, READ_CURRENT",
    "TEST, READ_PENDING",
    "FINISH, PROMOTE",
  })
  void twoDeliveriesAtOnceLeaveNoIssuedKeyBehind(Step step, Call meeting) throws Exception {
    RotationFunction function = scene.setting("RETIRE_OLD", "AT_FINISH").function(unlabelledKeys());

    rotateWithTwoDeliveriesAtOnce(function, step, meeting);

    assertThat(scene.store.versionWith("AWSCURRENT")).contains(TOKEN);
    assertThat(scene.target.accepted()).containsExactly(scene.password("AWSCURRENT"));
  }

  /** Two deliveries at once can't share a label, so each gets a key of its own. */
  private Rotator unlabelledKeys() {
    return new IssuingRotator(scene.target) {
      @Override
      public SecretDocument create(SecretDocument current, Rotation rotation) {
        Secret key = rotation.newPassword();
        scene.target.accept(key.reveal());
        return current.with("password", key);
      }
    };
  }

  private void rotateWithTwoDeliveriesAtOnce(RotationFunction function, Step twice, Call meeting)
      throws Exception {
    for (Step step : List.of(CREATE, SET, TEST, FINISH)) {
      if (step == twice) {
        runTwiceAtOnce(function, step, meeting);
      } else {
        function.run(step, TOKEN);
      }
    }
  }

  private void runTwiceAtOnce(RotationFunction function, Step step, Call meeting) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    scene.store.beforeNext(meeting, () -> await(barrier));
    scene.store.beforeNext(meeting, () -> await(barrier));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> deliveries = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        deliveries.add(
            threads.submit(
                () -> {
                  function.run(step, TOKEN);
                  return step;
                }));
      }
      for (Future<?> delivery : deliveries) {
        delivery.get(10, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("the other delivery did not come", e);
    }
  }
}

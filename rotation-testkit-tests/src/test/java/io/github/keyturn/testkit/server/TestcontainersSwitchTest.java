package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TestcontainersSwitchTest {

  @Test
  void isOffUntilSomebodyTurnsItOn() {
    assertThat(TestcontainersSwitch.on(null, null)).isFalse();
    assertThat(TestcontainersSwitch.on("", " ")).isFalse();
    assertThat(TestcontainersSwitch.on(null, "true")).isTrue();
    assertThat(TestcontainersSwitch.on("true", null)).isTrue();
    assertThat(TestcontainersSwitch.on("false", "true")).isFalse();
  }

  @Test
  void refusesAWordThatIsNeitherOnNorOff() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestcontainersSwitch.on(null, "yes"))
        .withMessage("KEYTURN_TESTCONTAINERS is 'yes', but must be true or false");
  }

  @Test
  void saysSoWhenThereIsNoDocker() {
    assertThatIllegalStateException()
        .isThrownBy(() -> TestcontainersSwitch.requireDocker(Duration.ofSeconds(5), () -> false))
        .withMessageContaining("there is no Docker: start it")
        .withMessageContaining("KEYTURN_TESTCONTAINERS");
  }

  @Test
  void doesNotWaitForADockerThatHangs() {
    CountDownLatch never = new CountDownLatch(1);

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                TestcontainersSwitch.requireDocker(
                    Duration.ofMillis(50),
                    () -> {
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                      return true;
                    }))
        .withMessageContaining("Docker has not answered");
  }

  @Test
  void saysSoWhenTheLibraryIsMissing() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                TestcontainersSwitch.requireLibrary(
                    "no/such/Library.class", "testcontainers-postgresql"))
        .withMessageContaining("org.testcontainers:testcontainers-postgresql");
  }

  @Test
  void failsInsteadOfFallingBackWhenItIsOnWithoutDocker() {
    assumeFalse(TestcontainersSwitch.on(), "this run has Docker");
    System.setProperty(TestcontainersSwitch.PROPERTY, "true");
    try {
      assumeFalse(Containers.isDockerAvailable(), "this machine has Docker");
      for (ThrowingCallable start :
          List.<ThrowingCallable>of(
              PostgresServer::start, MysqlServer::start, MariaDbServer::start)) {
        assertThatIllegalStateException()
            .isThrownBy(start)
            .withMessageContaining("there is no Docker");
      }
    } finally {
      System.clearProperty(TestcontainersSwitch.PROPERTY);
    }
  }
}

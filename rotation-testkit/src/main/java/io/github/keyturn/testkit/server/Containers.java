package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/** What all servers in containers have in common; loaded only when the switch is on. */
final class Containers {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int STOP_SECONDS = 30;

  private Containers() {}

  static boolean isDockerAvailable() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  static Transferable file(String content) {
    return Transferable.of(content.getBytes(UTF_8), 0644);
  }

  static void start(String product, GenericContainer<?> container, Runnable close) {
    try {
      container.start();
    } catch (RuntimeException e) {
      String log = container.isCreated() ? container.getLogs() : "";
      close.run();
      throw new IllegalStateException(product + " did not start in its container:\n" + log, e);
    }
  }

  static void stop(GenericContainer<?> container) {
    container
        .getDockerClient()
        .stopContainerCmd(container.getContainerId())
        .withTimeout(STOP_SECONDS)
        .exec();
  }

  static void restart(String product, GenericContainer<?> container, BooleanSupplier isReady) {
    container
        .getDockerClient()
        .restartContainerCmd(container.getContainerId())
        .withTimeout(STOP_SECONDS)
        .exec();
    Instant end = Instant.now().plus(PATIENCE);
    while (!isReady.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(
            "%s is not back after %d s:\n%s"
                .formatted(product, PATIENCE.toSeconds(), container.getLogs()));
      }
    }
  }
}

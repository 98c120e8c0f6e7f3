package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Whether servers are containers. Until it is on, nothing here looks for Docker. */
final class TestcontainersSwitch {

  static final String VARIABLE = "KEYTURN_TESTCONTAINERS";
  static final String PROPERTY = "keyturn.testcontainers";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String INSTEAD =
      ", or turn " + VARIABLE + " and -D" + PROPERTY + " off to run without Docker";

  private TestcontainersSwitch() {}

  static boolean on() {
    return on(System.getProperty(PROPERTY), System.getenv(VARIABLE));
  }

  /** The property goes first, so that one build can differ from its environment. */
  static boolean on(@Nullable String property, @Nullable String variable) {
    if (property != null && !property.isBlank()) {
      return parse("-D" + PROPERTY, property);
    }
    return variable != null && !variable.isBlank() && parse(VARIABLE, variable);
  }

  private static boolean parse(String name, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s is '%s', but must be true or false".formatted(name, value));
    };
  }

  static PostgresServer startPostgres(Secret password, Map<String, String> settings)
      throws IOException {
    requireLibrary(
        "org/testcontainers/postgresql/PostgreSQLContainer.class", "testcontainers-postgresql");
    requireDocker(PATIENCE, Containers::isDockerAvailable);
    return ContainerPostgres.start(password, settings);
  }

  static MysqlInstance startMysql(
      MysqlDistribution distribution, Secret password, Map<String, String> settings)
      throws IOException {
    requireLibrary("org/testcontainers/containers/GenericContainer.class", "testcontainers");
    requireDocker(PATIENCE, Containers::isDockerAvailable);
    return ContainerMysql.start(distribution, password, settings);
  }

  static void requireLibrary(String resource, String artifact) {
    if (TestcontainersSwitch.class.getClassLoader().getResource(resource) == null) {
      throw new IllegalStateException(
          "the servers of this run are containers, but Testcontainers is not on the class path:"
              + " add org.testcontainers:"
              + artifact
              + " as a test dependency"
              + INSTEAD);
    }
  }

  /** In a thread of its own, because the library waits for minutes on a Docker that hangs. */
  static void requireDocker(Duration patience, BooleanSupplier available) {
    FutureTask<Boolean> answer = new FutureTask<>(available::getAsBoolean);
    Thread asking = new Thread(answer, "keyturn-docker-check");
    asking.setDaemon(true);
    asking.start();
    try {
      if (!answer.get(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "the servers of this run are containers, but there is no Docker: start it" + INSTEAD);
      }
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the servers of this run are containers, but Docker has not answered for %d s: check it and DOCKER_HOST%s"
              .formatted(patience.toSeconds(), INSTEAD),
          e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the servers of this run are containers, but Docker cannot be asked: check it" + INSTEAD,
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for Docker", e);
    }
  }
}

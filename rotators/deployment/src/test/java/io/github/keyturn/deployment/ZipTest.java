package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.local.RotationResult;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each zip that is deployed rotates a real account, under Lambda's runtime client, with the
 * settings of the template.
 */
@ExtendWith(TestServers.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZipTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Stream<DeployedFunction> functions() {
    return Template.get().rotators();
  }

  static Stream<Arguments> functionsOnEachJdk() {
    return functions()
        .flatMap(
            function ->
                Jdks.found().entrySet().stream()
                    .map(jdk -> Arguments.of(function, jdk.getKey(), jdk.getValue())));
  }

  @AutoClose private final Targets targets;

  ZipTest(PostgresServer postgres, MysqlServer mysql, MariaDbServer mariaDb) {
    targets = new Targets(postgres, mysql, mariaDb);
  }

  @Test
  void everyFunctionHasATarget() {
    assertThat(functions().map(DeployedFunction::id))
        .containsExactlyInAnyOrderElementsOf(targets.functions());
  }

  @ParameterizedTest(name = "{0} on JDK {1}")
  @MethodSource("functionsOnEachJdk")
  void rotatesARealAccount(DeployedFunction deployed, int version, Path javaHome) throws Exception {
    for (Target target : targets.of(deployed)) {
      rotate(deployed, target, javaHome);
    }
  }

  private static void rotate(DeployedFunction deployed, Target target, Path javaHome)
      throws Exception {
    try (ZipStage stage = new ZipStage(deployed, target, javaHome)) {
      String before = stage.current();

      stage.secrets.rotate(ZipStage.SECRET, deployed.id());
      RotationResult result = stage.secrets.await(ZipStage.SECRET, PATIENCE);

      assertThat(result.outcome())
          .as("%s%n%s", result.message(), String.join("\n", stage.log))
          .isEqualTo(RotationResult.Outcome.SUCCEEDED);
      assertThat(result.attempts()).isEqualTo(1);
      assertThat(stage.current()).isNotEqualTo(before);
      assertThat(stage.target.accepts(stage.current())).isTrue();
      assertThat(stage.steps())
          .containsExactly(
              "createSecret APPLIED",
              "setSecret APPLIED",
              "testSecret APPLIED",
              "finishSecret APPLIED");
    }
  }
}

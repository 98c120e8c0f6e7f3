package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.deployment.Template.Statement;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each function's role allows what its zip asks of Secrets Manager, and nothing else. */
@ExtendWith(TestServers.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZipRightsTest {

  static Stream<DeployedFunction> functions() {
    return Template.get().rotators();
  }

  @AutoClose private final Targets targets;

  ZipRightsTest(PostgresServer postgres, MysqlServer mysql, MariaDbServer mariaDb) {
    targets = new Targets(postgres, mysql, mariaDb);
  }

  /** To recover takes every right. */
  @ParameterizedTest
  @MethodSource("functions")
  void needsEachOfItsRightsOnSecretsAndNoOther(DeployedFunction deployed) throws Exception {
    Set<String> onTheSecret = new TreeSet<>();
    Set<String> onTheSuperuser = new TreeSet<>();
    for (Target target : targets.of(deployed)) {
      try (ZipStage stage =
          new ZipStage(deployed, target, Path.of(System.getProperty("java.home")))) {
        stage.recover();
        assertThat(target.accepts(stage.current())).isTrue();
        onTheSecret.addAll(stage.calls.operationsOn(":" + ZipStage.SECRET + "-"));
        onTheSuperuser.addAll(stage.calls.operationsOn(":superuser-"));
      }
    }
    assertThat(onTheSecret).isEqualTo(allowed(deployed, "SecretArnPattern"));
    assertThat(onTheSuperuser).isEqualTo(allowed(deployed, "SuperuserSecrets"));
  }

  /**
   * What the role allows on secrets that this parameter names. Superuser secrets of RDS, which a
   * parameter must allow for, are the business of the tests of {@code RdsEndpoints}.
   */
  private static Set<String> allowed(DeployedFunction function, String parameter) {
    Set<String> operations = new TreeSet<>();
    Template.get().statements(function.id() + "Role").stream()
        .filter(Statement::allows)
        .filter(statement -> !statement.id().equals("ReadTheTagsThatNameTheDatabase"))
        .filter(statement -> statement.resource().toString().contains(parameter))
        .flatMap(statement -> statement.actions().stream())
        .filter(action -> action.startsWith("secretsmanager:"))
        .map(action -> action.substring("secretsmanager:".length()))
        .forEach(operations::add);
    return operations;
  }
}

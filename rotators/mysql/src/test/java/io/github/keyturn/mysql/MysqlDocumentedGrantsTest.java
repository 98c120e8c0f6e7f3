package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Secret;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rights that docs/strategies.md names are enough, as they are written there. */
@ExtendWith(TestServers.class)
class MysqlDocumentedGrantsTest {

  private static final Path STRATEGIES = Path.of("../../docs/strategies.md");

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlDocumentedGrantsTest(MysqlServer mysql, MariaDbServer mariadb) {
    this.mysql = mysql;
    this.mariadb = mariadb;
  }

  private MysqlProtocolServer server(EngineUnderTest engine) {
    return switch (engine) {
      case MYSQL -> mysql;
      case MARIADB -> mariadb;
    };
  }

  @Test
  @DisplayName("MySQL, dual password by the user itself")
  void ownRight() throws Exception {
    try (TestBed bed = TestBed.dualPassword(mysql)) {
      bed.sql("REVOKE ALL PRIVILEGES, GRANT OPTION FROM `%s`".formatted(bed.user));
      grant(bed, "mysql-dual-user", bed.user);

      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void superuserOfDualPasswords(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.dualPasswordBySuperuser(server(engine))) {
      useAdministrator(bed, engine.name().toLowerCase(Locale.ROOT) + "-dual-admin");

      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void superuserOfAlternatingUsers(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.sql(
          "CREATE DATABASE IF NOT EXISTS shop",
          "GRANT SELECT, INSERT ON shop.* TO `%s`".formatted(bed.user));
      useAdministrator(bed, engine.name().toLowerCase(Locale.ROOT) + "-alternating-admin");

      bed.rotate();
      bed.rotate();
      bed.rotate();

      assertThat(bed.current().text("username")).isEqualTo(bed.user + "_clone");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  private static void useAdministrator(TestBed bed, String example) throws IOException {
    String name = "k" + bed.user;
    bed.createUser(name, "admin-" + name);
    grant(bed, example, name);
    bed.secrets.putSecretValue(
        TestBed.SUPERUSER_SECRET, Secret.of(bed.database(name, "admin-" + name).toString()));
  }

  private static void grant(TestBed bed, String example, String user) throws IOException {
    List<String> statements =
        Pattern.compile("<!-- " + example + " -->\\s*```sql\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(STRATEGIES))
            .results()
            .flatMap(match -> match.group(1).lines())
            .filter(line -> !line.isBlank())
            .toList();
    assertThat(statements).as(example).isNotEmpty();
    for (String statement : statements) {
      bed.sql(
          statement
              .replace(";", "")
              .replace("'app'@'%'", "`%s`@'%%'".formatted(user))
              .replace("'keyturn'@'%'", "`%s`@'%%'".formatted(user)));
    }
  }
}

package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.jdbc.UserPair;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestServers.class)
class MysqlAlternatingUsersRotatorTest {

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlAlternatingUsersRotatorTest(MysqlServer mysql, MariaDbServer mariadb) {
    this.mysql = mysql;
    this.mariadb = mariadb;
  }

  private MysqlProtocolServer server(EngineUnderTest engine) {
    return switch (engine) {
      case MYSQL -> mysql;
      case MARIADB -> mariadb;
    };
  }

  @ParameterizedTest
  @EnumSource
  void takesTurns(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      SecretDocument first = bed.current();
      bed.rotate();
      SecretDocument second = bed.current();
      assertThat(second.text("username")).isEqualTo(bed.user + "_clone");
      assertThat(bed.logsIn(first)).isTrue();

      bed.rotate();

      assertThat(bed.current().text("username")).isEqualTo(bed.user);
      assertThat(bed.logsIn(first)).isFalse();
      assertThat(bed.logsIn(second)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("whatever the original may do, its clone may do: the same grants, word by word")
  void carriesAllRightsOver(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      grantEverything(bed);

      bed.rotate();

      assertThat(grants(bed, bed.user + "_clone")).isEqualTo(grants(bed, bed.user));
      assertThat(grants(bed, bed.user)).hasSizeGreaterThan(9);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("what the original has lost is taken from the clone, too")
  void takesBackWhatTheOriginalHasLost(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      grantEverything(bed);
      bed.rotate();
      bed.rotate();
      bed.sql("REVOKE ALL PRIVILEGES, GRANT OPTION FROM `%s`".formatted(bed.user));
      bed.sql("GRANT SELECT ON `a TO b`.* TO `%s`".formatted(bed.user));
      if (!bed.isMariaDb()) {
        // where REVOKE ALL takes no roles
        for (String role : List.of("reader", "writer")) {
          bed.sql("REVOKE `%s_%s` FROM `%s`".formatted(bed.user, role, bed.user));
        }
      }
      bed.sql("REVOKE PROXY ON 'proxied'@'%%' FROM `%s`".formatted(bed.user));

      bed.rotate();

      // MariaDB keeps a default role of the original that is not granted any more
      Set<String> original = grants(bed, bed.user);
      original.removeIf(line -> line.startsWith("SET DEFAULT ROLE"));
      assertThat(grants(bed, bed.user + "_clone")).isEqualTo(original).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("rights on what was dropped, which the server keeps, do not end all rotation")
  void passesOverRightsOnWhatWasDropped(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String database = "d" + bed.user;
      bed.sql(
          "CREATE DATABASE `%s`".formatted(database),
          "CREATE DATABASE `%s_2`".formatted(database),
          "CREATE TABLE `%s`.stays (a INT, b INT, c INT)".formatted(database),
          "CREATE TABLE `%s`.dropped (a INT, b INT)".formatted(database),
          "CREATE PROCEDURE `%s_2`.p() SELECT 1".formatted(database),
          "GRANT DELETE, UPDATE (a), INSERT (b) ON `%s`.stays TO `%s`"
              .formatted(database, bed.user),
          "GRANT SELECT, INSERT (b) ON `%s`.dropped TO `%s` WITH GRANT OPTION"
              .formatted(database, bed.user),
          "GRANT EXECUTE ON PROCEDURE `%s_2`.p TO `%s`".formatted(database, bed.user),
          "ALTER TABLE `%s`.stays DROP COLUMN b".formatted(database),
          "DROP TABLE `%s`.dropped".formatted(database),
          "DROP DATABASE `%s_2`".formatted(database));

      bed.rotate();

      assertThat(String.join(" ", grants(bed, bed.user + "_clone")))
          .containsPattern("(DELETE, UPDATE|UPDATE .*, DELETE)")
          .doesNotContain("dropped");
      bed.rotate();
      bed.sql("CREATE TABLE `%s`.dropped (b INT)".formatted(database));
      String token = bed.abandonAfter(Step.SET);
      bed.sql("REVOKE SELECT ON `%s`.dropped FROM `%s_clone`".formatted(database, bed.user));
      assertThatThrownBy(() -> bed.run(Step.TEST, token)).hasMessageContaining("lacks a right");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a table's right takes that of its column along when it is taken back")
  void takesBackRightsOfTableAndColumn(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String table = "`d%s`.t".formatted(bed.user);
      bed.sql(
          "CREATE DATABASE `d%s`".formatted(bed.user),
          "CREATE TABLE %s (a INT, b INT)".formatted(table),
          "GRANT SELECT, SELECT (a) ON %s TO `%s`".formatted(table, bed.user));
      bed.rotate();
      bed.rotate();
      bed.sql(
          "REVOKE SELECT, SELECT (a) ON %s FROM `%s`".formatted(table, bed.user),
          "GRANT SELECT (b) ON %s TO `%s`".formatted(table, bed.user));

      bed.rotate();

      assertThat(grants(bed, bed.user + "_clone")).isEqualTo(grants(bed, bed.user)).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a superuser who may not see all rights would see two accounts without any")
  void refusesASuperuserWhoCanNotSeeRights(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String weak = "w" + bed.user;
      bed.createUser(weak, "weak");
      bed.sql(
          "GRANT SELECT ON `d%1$s`.* TO `%1$s`".formatted(bed.user),
          "GRANT SELECT ON `d%s`.* TO `%s` WITH GRANT OPTION".formatted(bed.user, weak),
          "GRANT CREATE USER ON *.* TO `%s`".formatted(weak));
      for (String table :
          bed.rows(
              "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'mysql' AND"
                  + " TABLE_NAME IN ('user', 'global_priv', 'procs_priv', 'proxies_priv',"
                  + " 'global_grants', 'role_edges', 'default_roles', 'roles_mapping')")) {
        bed.sql("GRANT SELECT ON mysql.`%s` TO `%s`".formatted(table, weak));
      }
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET, Secret.of(bed.database(weak, "weak").toString()));

      assertThatThrownBy(bed::rotate).hasMessageContaining("PRIVILEGE");

      assertThat(bed.current().text("username")).isEqualTo(bed.user);
    }
  }

  private static void grantEverything(TestBed bed) {
    bed.sql(
        "CREATE DATABASE IF NOT EXISTS `a TO b`",
        "CREATE DATABASE IF NOT EXISTS `we``ird'\"db`",
        "CREATE TABLE IF NOT EXISTS `a TO b`.`t ON x` (`c, d` INT, e INT)",
        "DROP PROCEDURE IF EXISTS `a TO b`.`p x`",
        "CREATE PROCEDURE `a TO b`.`p x`() SELECT 1",
        "DROP FUNCTION IF EXISTS `a TO b`.`f`",
        "CREATE FUNCTION `a TO b`.`f`() RETURNS INT DETERMINISTIC NO SQL RETURN 1",
        "CREATE ROLE `%s_reader`".formatted(bed.user),
        "CREATE ROLE `%s_writer`".formatted(bed.user));
    for (String right :
        List.of(
            "PROCESS, REPLICATION CLIENT, SHOW DATABASES ON *.* TO `%s`",
            "UPDATE, CREATE TEMPORARY TABLES, LOCK TABLES ON `a TO b`.* TO `%s` WITH GRANT OPTION",
            "SELECT, SHOW VIEW ON `we``ird'\"db`.* TO `%s`",
            "SELECT ON `wild\\_%%`.* TO `%s`",
            "DELETE, CREATE VIEW ON `a TO b`.`t ON x` TO `%s`",
            "REFERENCES (`c, d`), INSERT (e) ON `a TO b`.`t ON x` TO `%s`",
            "EXECUTE, ALTER ROUTINE ON PROCEDURE `a TO b`.`p x` TO `%s` WITH GRANT OPTION",
            "EXECUTE ON FUNCTION `a TO b`.`f` TO `%s`",
            "PROXY ON 'proxied'@'%%' TO `%s` WITH GRANT OPTION",
            "`%1$s_reader` TO `%1$s`",
            "`%1$s_writer` TO `%1$s` WITH ADMIN OPTION")) {
      bed.sql("GRANT " + right.formatted(bed.user));
    }
    if (bed.isMariaDb()) {
      bed.sql(
          "GRANT DELETE HISTORY ON `a TO b`.`t ON x` TO `%s`".formatted(bed.user),
          "GRANT CONNECTION ADMIN, BINLOG ADMIN ON *.* TO `%s`".formatted(bed.user),
          "SET DEFAULT ROLE `%1$s_reader` FOR `%1$s`".formatted(bed.user));
    } else {
      bed.sql(
          "GRANT BACKUP_ADMIN ON *.* TO `%s` WITH GRANT OPTION".formatted(bed.user),
          "GRANT CONNECTION_ADMIN, BINLOG_ADMIN ON *.* TO `%s`".formatted(bed.user),
          "SET DEFAULT ROLE `%1$s_reader`, `%1$s_writer` TO `%1$s`".formatted(bed.user));
    }
  }

  /** With the original's name in place of the clone's, and without passwords and the mark. */
  private static Set<String> grants(TestBed bed, String user) {
    UnaryOperator<String> neutral =
        line ->
            line.replace("`%s_clone`".formatted(bed.user), "`%s`".formatted(bed.user))
                .replace("'%s_clone'".formatted(bed.user), "'%s'".formatted(bed.user))
                .replaceAll(" IDENTIFIED BY PASSWORD '[^']*'", "");
    List<String> lines = bed.rows("SHOW GRANTS FOR `%s`".formatted(user));
    if (!bed.isMariaDb()) {
      lines.addAll(
          bed.rows(
              "SELECT CONCAT('default ', DEFAULT_ROLE_USER) FROM mysql.default_roles WHERE USER = '%s'"
                  .formatted(user)));
    }
    return lines.stream()
        .map(neutral)
        .filter(line -> !line.contains("keyturn: "))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  @DisplayName("MySQL: partial revokes, those that were lifted, and those of lost privileges")
  void carriesPartialRevokesOver() throws Exception {
    try (MysqlServer own = MysqlServer.start(Map.of("partial_revokes", "ON"));
        TestBed bed = TestBed.alternatingUsers(own)) {
      bed.sql(
          "CREATE DATABASE `a TO b`",
          "CREATE DATABASE other",
          "GRANT SELECT, INSERT, UPDATE ON *.* TO `%s`".formatted(bed.user),
          "REVOKE INSERT, UPDATE ON `a TO b`.* FROM `%s`".formatted(bed.user),
          "REVOKE SELECT ON other.* FROM `%s`".formatted(bed.user));
      bed.rotate();
      assertThat(grants(bed, bed.user + "_clone")).isEqualTo(grants(bed, bed.user)).hasSize(3);

      bed.sql(
          "GRANT INSERT ON `a TO b`.* TO `%s`".formatted(bed.user),
          "REVOKE UPDATE ON *.* FROM `%s`".formatted(bed.user),
          "REVOKE SELECT ON `a TO b`.* FROM `%s`".formatted(bed.user));
      bed.rotate();
      bed.rotate();

      assertThat(grants(bed, bed.user + "_clone")).isEqualTo(grants(bed, bed.user)).hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void carriesOptionsOver(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String options =
          bed.isMariaDb()
              ? "REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5000 MAX_USER_CONNECTIONS 7 MAX_STATEMENT_TIME 2.5 PASSWORD EXPIRE INTERVAL 9 DAY"
              : "REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5000 MAX_USER_CONNECTIONS 7 PASSWORD EXPIRE INTERVAL 9 DAY PASSWORD HISTORY 3 PASSWORD REUSE INTERVAL 4 DAY PASSWORD REQUIRE CURRENT OPTIONAL FAILED_LOGIN_ATTEMPTS 4 PASSWORD_LOCK_TIME UNBOUNDED";
      bed.sql("ALTER USER `%s` %s".formatted(bed.user, options));

      bed.rotate();

      assertThat(options(bed, bed.user + "_clone")).isEqualTo(options(bed, bed.user));
      bed.rotate();
      bed.sql("ALTER USER `%s` REQUIRE NONE PASSWORD EXPIRE NEVER".formatted(bed.user));
      bed.rotate();
      assertThat(options(bed, bed.user + "_clone")).isEqualTo(options(bed, bed.user));
    }
  }

  private static String options(TestBed bed, String user) {
    String statement = bed.ask("SHOW CREATE USER `%s`".formatted(user));
    return statement
        .substring(statement.indexOf(" REQUIRE") < 0 ? 0 : statement.indexOf(" REQUIRE"))
        .replaceAll("^CREATE.*'\\*[0-9A-F]{40}'", "")
        .replaceAll(" ATTRIBUTE .*", "");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("REQUIRE with subject and issuer, with quotes, for clients with certificates")
  void carriesCertificatesOver(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.rotate();
      bed.sql(
          "ALTER USER `%s` REQUIRE SUBJECT '/CN=a''b' AND ISSUER '/CN=\"c\\\\'"
              .formatted(bed.user));

      bed.asSuperuserOfRotators(
          session ->
              new MysqlPair(session, UserPair.of(bed.user, session.flavor().engine()), "%")
                  .bringCloneInLine());

      assertThat(options(bed, bed.user + "_clone")).isEqualTo(options(bed, bed.user));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a warm function lets the owner log in each time, and relies on no earlier login")
  void provesTheOwnerInEachRotation(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.rotate();
      bed.sql(
          "SET PASSWORD FOR `%s_clone` = ''".formatted(bed.user),
          "SET PASSWORD FOR `%s` = ''".formatted(bed.user));

      assertThatThrownBy(bed::rotate).hasMessageContaining("AWSCURRENT: login refused");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a user of another host than '%' has a clone of that host")
  void alternatesForTheHostOfTheLogin(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.createUser(bed.user, "localhost", "local");
      bed.store(bed.current().with("password", "local"));

      bed.rotate();

      assertThat(
              bed.rows("SELECT Host FROM mysql.user WHERE User = '%s_clone'".formatted(bed.user)))
          .containsExactly("localhost");
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("MYSQL_ALL_HOSTS: a clone for each host of the original")
  void alternatesForAllHosts(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.createUser(bed.user, "10.%", "first-" + bed.user);
      bed.coldStart(Map.of(MysqlSettings.ALL_HOSTS, "true"));
      bed.rotate();
      bed.rotate();
      bed.rotate();

      assertThat(
              bed.rows(
                  "SELECT Host FROM mysql.user WHERE User = '%s_clone' ORDER BY Host"
                      .formatted(bed.user)))
          .containsExactly("%", "10.%");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("MYSQL_ALL_HOSTS: an account with a password of its own is somebody else's")
  void refusesAForeignAccountOfTheName(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.createUser(bed.user, "10.%", "own");
      bed.coldStart(Map.of(MysqlSettings.ALL_HOSTS, "true"));
      List<String> before = bed.stored(bed.user);

      assertThatThrownBy(bed::rotate).hasMessageContaining("accepts no password of this secret");

      assertThat(bed.stored(bed.user)).isEqualTo(before);
      assertThat(bed.stored(bed.user + "_clone")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("MYSQL_ALL_HOSTS: a host that came later, with another password, is refused too")
  void refusesAForeignAccountThatCameLater(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.coldStart(Map.of(MysqlSettings.ALL_HOSTS, "true"));
      bed.rotate();
      bed.createUser(bed.user, "10.%", "own");
      List<String> before = bed.stored(bed.user);

      assertThatThrownBy(bed::rotate).hasMessageContaining("'10.%'");

      assertThat(bed.stored(bed.user)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a GRANT that fails is no clone without rights: the error names it, also on a retry")
  void promotesNoCloneWithoutRights(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.sql(
          "CREATE DATABASE IF NOT EXISTS `a TO b`",
          "GRANT SELECT ON `a TO b`.* TO `%s`".formatted(bed.user));
      String weak = "w" + bed.user;
      bed.createUser(weak, "weak");
      bed.sql(
          "GRANT CREATE USER ON *.* TO `%s`".formatted(weak),
          "GRANT SELECT ON mysql.* TO `%s`".formatted(weak));
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET, Secret.of(bed.database(weak, "weak").toString()));
      String token = bed.abandonAfter(Step.CREATE);

      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> bed.coldStart(Map.of()).run(Step.SET, token))
            .hasMessageContaining("PRIVILEGE")
            .hasMessageContaining("GRANT SELECT ON `a TO b`.*");
        assertThatThrownBy(() -> bed.run(Step.TEST, token)).isNotNull();
      }
      assertThat(bed.current().text("username")).isEqualTo(bed.user);

      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET,
          Secret.of(
              bed.database(bed.server.superuser(), bed.server.superuserPassword().reveal())
                  .toString()));
      bed.rotate();
      assertThat(grants(bed, bed.user + "_clone")).isEqualTo(grants(bed, bed.user));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("testSecret compares: a right that was lost after setSecret makes it fail")
  void testFailsWhenARightIsMissing(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.sql(
          "CREATE DATABASE IF NOT EXISTS `a TO b`",
          "GRANT SELECT ON `a TO b`.* TO `%s`".formatted(bed.user));
      String token = bed.abandonAfter(Step.SET);
      bed.sql("REVOKE SELECT ON `a TO b`.* FROM `%s_clone`".formatted(bed.user));

      assertThatThrownBy(() -> bed.run(Step.TEST, token))
          .hasMessageContaining("lacks a right, a setting");
      assertThat(bed.log.toString()).contains("lacks SELECT on `a TO b`.*");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("takeover: a user that has only the right name is refused, from both sides")
  void refusesAUserThatIsNoClone(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String clone = bed.user + "_clone";
      bed.createUser(clone, "own");
      List<String> before = bed.stored(clone);

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("the two are no pair and nothing was changed");
      assertThat(bed.stored(clone)).isEqualTo(before);

      List<String> victim = bed.stored(bed.user);
      bed.store(bed.current().with("username", clone).with("password", "own"));
      assertThatThrownBy(bed::rotate).hasMessageContaining("the two are no pair");
      assertThat(bed.stored(bed.user)).isEqualTo(victim);
    }
  }

  @Test
  @DisplayName("takeover: CREATE USER makes a marked clone, and must not reach SYSTEM_USER by it")
  void leavesAProtectedOriginalAlone() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(mysql)) {
      String clone = bed.user + "_clone";
      bed.sql("GRANT SYSTEM_USER ON *.* TO `%s`".formatted(bed.user));
      bed.createUser(clone, "own");
      bed.sql(
          "ALTER USER `%s` ATTRIBUTE '{\"keyturn\": \"clone of %s\"}'".formatted(clone, bed.user));
      List<String> victim = bed.stored(bed.user);
      bed.store(bed.current().with("username", clone).with("password", "own"));

      assertThatThrownBy(bed::rotate).hasMessageContaining("has SYSTEM_USER");

      assertThat(bed.stored(bed.user)).isEqualTo(victim);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("the statements that the refusal names make the two a pair")
  void takesOverAMarkedClone(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.createUser(bed.user + "_clone", "own");
      String message = messageOf(bed::rotate);
      String statements =
          message.substring(
              message.indexOf("if it is: ") + "if it is: ".length(),
              message.indexOf("; AWSPENDING: "));
      bed.sql(statements.split("; ", -1));

      bed.rotate();

      assertThat(bed.current().text("username")).isEqualTo(bed.user + "_clone");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  private static String messageOf(ThrowingCall call) {
    try {
      call.run();
    } catch (Exception e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("nothing was thrown");
  }

  @FunctionalInterface
  private interface ThrowingCall {
    void run() throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("the function died while it made the clone: the next one goes on with it")
  void goesOnWithAHalfMadeClone(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      String clone = bed.user + "_clone";
      bed.createUser(clone, "own");
      bed.sql("ALTER USER `%s` ACCOUNT LOCK".formatted(clone));
      bed.sql(
          bed.isMariaDb()
              ? "CREATE ROLE `keyturn: %s`".formatted(clone)
              : "ALTER USER `%s` ATTRIBUTE '{\"keyturn\": \"clone of %s\"}'"
                  .formatted(clone, bed.user));

      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"app", "App x", "a'x", "A\"q\"", "back\\slash", "e`x", "x@y", "%_", "a\tb"})
  @DisplayName("names with quotes, backslashes, backticks, at signs and tabs")
  void alternatesUsersOfAnyName(String prefix) throws Exception {
    for (MysqlProtocolServer server : List.of(mysql, mariadb)) {
      try (TestBed bed = TestBed.alternatingUsers(server)) {
        String name = prefix + Long.toString(System.nanoTime() % 1_000_000, 36);
        bed.sql(
            "CREATE USER %s IDENTIFIED BY 'odd'".formatted(MysqlSql.literal(name)),
            "CREATE DATABASE IF NOT EXISTS `a TO b`",
            "GRANT SELECT ON `a TO b`.* TO %s".formatted(MysqlSql.literal(name)));
        bed.store(bed.current().with("username", name).with("password", "odd"));

        bed.rotate();
        bed.rotate();
        bed.rotate();

        assertThat(bed.current().text("username")).isEqualTo(name + "_clone");
        try (Connection clone = bed.connect(bed.current())) {
          assertThat(TestBed.rows(clone, "SELECT 1")).containsExactly("1");
          assertThat(TestBed.rows(clone, "SHOW DATABASES")).contains("a TO b");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a name with é, where the server's own character set is UTF-8")
  void alternatesUsersWithOtherLetters(EngineUnderTest engine) throws Exception {
    Map<String, String> utf8 = Map.of("character_set_server", "utf8mb4");
    try (MysqlProtocolServer server =
            engine == EngineUnderTest.MYSQL ? MysqlServer.start(utf8) : MariaDbServer.start(utf8);
        TestBed bed = TestBed.alternatingUsers(server)) {
      String name = "é" + bed.user;
      bed.sql("CREATE USER '%s' IDENTIFIED BY 'odd'".formatted(name));
      bed.store(bed.current().with("username", name).with("password", "odd"));

      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a name with é elsewhere: the refusal says why")
  void explainsWhyOtherLettersAreRefused() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(mariadb)) {
      String name = "é" + bed.user;
      bed.sql("CREATE USER '%s' IDENTIFIED BY 'odd'".formatted(name));
      bed.store(bed.current().with("username", name).with("password", "odd"));

      assertThatThrownBy(bed::rotate).hasMessageContaining("character_set_server");
    }
  }

  @Test
  @DisplayName("MySQL: a name of 27 characters leaves no room for the clone's")
  void refusesLongNames() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(mysql)) {
      bed.store(bed.current().with("username", "u".repeat(27)));

      assertThatThrownBy(bed::rotate).hasMessageContaining("33 characters and MySQL allows 32");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("rules about passwords of the clone: a retry sets nothing twice")
  void setsOnceWithAPasswordHistory(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      if (!bed.isMariaDb()) {
        bed.sql("ALTER USER `%s` PASSWORD HISTORY 5".formatted(bed.user));
      }
      for (int i = 0; i < 2; i++) {
        String token = bed.abandonAfter(Step.SET);
        bed.coldStart(Map.of()).run(Step.SET, token);
        bed.run(Step.TEST, token);
        bed.run(Step.FINISH, token);
        assertThat(bed.logsIn(bed.current())).isTrue();
      }
    }
  }

  @Test
  @DisplayName("MariaDB: the clone gets a password only, not the original's unix_socket")
  void givesTheCloneAPasswordOnly() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(mariadb)) {
      String hash = PasswordPlugin.NATIVE.hash(bed.current().secret("password"));
      bed.sql(
          "ALTER USER `%s` IDENTIFIED VIA unix_socket OR mysql_native_password USING '%s'"
              .formatted(bed.user, hash));

      bed.rotate();
      bed.rotate();

      assertThat(bed.ask("SHOW CREATE USER `%s_clone`".formatted(bed.user)))
          .doesNotContain("unix_socket");
      assertThat(bed.ask("SHOW CREATE USER `%s`".formatted(bed.user))).contains("unix_socket");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("the superuser's own user is not cloned")
  void refusesTheSuperuserItself() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(mysql)) {
      bed.store(
          bed.current()
              .with("username", mysql.superuser())
              .with("password", mysql.superuserPassword()));

      assertThatThrownBy(bed::rotate).hasMessageContaining("is the superuser itself");
    }
  }

  @ParameterizedTest
  @EnumSource
  void expiredPasswordOfTheOwnerStillProvesIt(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server(engine))) {
      bed.sql("ALTER USER `%s` PASSWORD EXPIRE".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }
}

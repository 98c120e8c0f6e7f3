package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two passwords on real servers, and the ways to lose one of them. */
@ExtendWith(TestServers.class)
class MysqlDualPasswordRotatorTest {

  /** Whose right it is to change the passwords, and where. */
  enum Who {
    USER_OF_MYSQL,
    SUPERUSER_OF_MYSQL,
    USER_OF_MARIADB,
    SUPERUSER_OF_MARIADB
  }

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlDualPasswordRotatorTest(MysqlServer mysql, MariaDbServer mariadb) {
    this.mysql = mysql;
    this.mariadb = mariadb;
  }

  private TestBed bed(Who who) {
    return switch (who) {
      case USER_OF_MYSQL -> TestBed.dualPassword(mysql);
      case SUPERUSER_OF_MYSQL -> TestBed.dualPasswordBySuperuser(mysql);
      case USER_OF_MARIADB -> TestBed.dualPassword(mariadb);
      case SUPERUSER_OF_MARIADB -> TestBed.dualPasswordBySuperuser(mariadb);
    };
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("old and new are both valid, from setSecret to the next rotation")
  void keepsTheOldPasswordUntilTheNextRotation(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      SecretDocument first = bed.current();
      bed.rotate();
      SecretDocument second = bed.current();
      assertThat(bed.logsIn(first)).isTrue();
      assertThat(bed.logsIn(second)).isTrue();

      bed.rotate();

      assertThat(bed.logsIn(first)).isFalse();
      assertThat(bed.logsIn(second)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("setSecret again and again: a second RETAIN would end AWSCURRENT's password")
  void setsTwiceWithoutEndingTheCurrentPassword(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      String token = bed.abandonAfter(Step.SET);
      for (int i = 0; i < 3; i++) {
        bed.coldStart(Map.of()).run(Step.SET, token);
        assertThat(bed.logsIn(bed.current())).isTrue();
      }
      assertThat(bed.logsIn(bed.version(token))).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("abandoned rotations leave AWSCURRENT's as the secondary one, which stays valid")
  void keepsTheCurrentPasswordOverAbandonedRotations(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      for (int i = 0; i < 3; i++) {
        bed.abandonAfter(Step.SET);
        assertThat(bed.logsIn(bed.current())).isTrue();
      }

      SecretDocument before = bed.current();
      bed.rotate();

      assertThat(bed.logsIn(before)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("AWSCURRENT was moved back by hand: the newer password is ended, not this one")
  void retiresThePrimaryPasswordAfterARollback(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      SecretDocument first = bed.current();
      String firstId = bed.secrets.store().readCurrent(TestBed.SECRET).id();
      String secondId = bed.rotate();
      SecretDocument second = bed.current();
      bed.secrets.store().promote(TestBed.SECRET, secondId, firstId);

      String token = bed.abandonAfter(Step.CREATE);

      assertThat(bed.logsIn(second)).isFalse();
      assertThat(bed.logsIn(first)).isTrue();
      bed.run(Step.SET, token);
      bed.run(Step.TEST, token);
      bed.run(Step.FINISH, token);
      assertThat(bed.logsIn(first)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("RETIRE_OLD=AT_FINISH: nothing of the old password is left")
  void retiresAtFinish(Who who) throws Exception {
    try (TestBed bed = bed(who).coldStart(Map.of("RETIRE_OLD", "AT_FINISH"))) {
      SecretDocument first = bed.current();

      bed.rotate();

      assertThat(bed.logsIn(first)).isFalse();
      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(String.join(" ", bed.stored(bed.user)))
          .doesNotContain("additional_password")
          .doesNotContain(PasswordPlugin.NATIVE.hash(first.secret("password")));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "the target only accepts the value of an abandoned rotation, and then a hand-made one")
  void recoversWithAnOlderVersion(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      String abandoned = bed.abandonAfter(Step.SET);
      bed.store(bed.current().with("password", "mistyped"));

      bed.rotate();

      assertThat(bed.logsIn(bed.version(abandoned))).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a password of any characters logs in afterwards exactly as it is written")
  void rotatesFromAndToAnyCharacters(Who who) throws Exception {
    String odd = "é'\"\\%`;--ü€𝄞 ?{fn}/*#*/";
    try (TestBed bed = bed(who)) {
      bed.sql("SET PASSWORD FOR `%s` = '%s'".formatted(bed.user, stored(bed, odd)));
      bed.store(bed.current().with("password", Secret.of(odd)));

      bed.coldStart(Map.of("PASSWORD_LENGTH", "128", "EXCLUDE_CHARACTERS", "a"));
      for (int i = 0; i < 3; i++) {
        SecretDocument before = bed.current();
        bed.rotate();
        assertThat(bed.logsIn(before)).isTrue();
        assertThat(bed.logsIn(bed.current())).isTrue();
      }
    }
  }

  private static String stored(TestBed bed, String password) {
    return bed.isMariaDb()
        ? PasswordPlugin.NATIVE.hash(Secret.of(password))
        : password.replace("\\", "\\\\").replace("'", "''");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("only the account row that the login is of: others of the same name stay")
  void changesTheAccountOfTheLoginOnly(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.createUser(bed.user, "10.1.2.3", "other");
      bed.createUser(bed.user, "192.168.%", "another");
      List<String> before = bed.stored(bed.user).subList(1, 3);

      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.stored(bed.user).subList(1, 3)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SUPERUSER_OF_MYSQL", "SUPERUSER_OF_MARIADB"})
  @DisplayName("MYSQL_ALL_HOSTS: all accounts of the name that hold the password")
  void changesAllHosts(Who who) throws Exception {
    try (TestBed bed = bed(who).coldStart(Map.of(MysqlSettings.ALL_HOSTS, "true"))) {
      String first = bed.current().text("password");
      bed.createUser(bed.user, "10.1.2.3", first);

      bed.rotate();
      bed.rotate();

      String password = bed.current().text("password");
      for (String row : bed.stored(bed.user)) {
        assertThat(accepts(bed, row, password)).isTrue();
        assertThat(accepts(bed, row, first)).isFalse();
      }
    }
  }

  private static boolean accepts(TestBed bed, String row, String password) {
    return bed.isMariaDb()
        ? row.contains(PasswordPlugin.NATIVE.hash(Secret.of(password)))
        : PasswordPlugin.CACHING_SHA2.matches(Secret.of(password), row.split(" \\| ", -1)[1]);
  }

  @ParameterizedTest
  @EnumSource(names = {"SUPERUSER_OF_MYSQL", "SUPERUSER_OF_MARIADB"})
  @DisplayName("MYSQL_ALL_HOSTS: an account with a password of its own is somebody else's")
  void refusesAForeignAccountOfTheName(Who who) throws Exception {
    try (TestBed bed = bed(who).coldStart(Map.of(MysqlSettings.ALL_HOSTS, "true"))) {
      bed.createUser(bed.user, "10.1.2.3", "own");
      String before = bed.stateExceptPending("");

      assertThatThrownBy(bed::rotate).hasMessageContaining("accepts no password of this secret");

      assertThat(bed.stored(bed.user)).allMatch(before::contains);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "USER_OF_MARIADB"})
  void namesTheRightThatIsMissing(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql("REVOKE ALL PRIVILEGES, GRANT OPTION FROM `%s`".formatted(bed.user));
      List<String> before = bed.stored(bed.user);

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("PRIVILEGE")
          .hasMessageContaining(
              bed.isMariaDb() ? "CREATE USER" : "GRANT APPLICATION_PASSWORD_ADMIN");

      assertThat(bed.stored(bed.user)).isEqualTo(before);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName("one failed login would lock the account: there is none, also after a crash")
  void causesNoFailedLogin(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql(
          "ALTER USER `%s` FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED"
              .formatted(bed.user));
      bed.rotate();
      bed.rotate();
      String token = bed.abandonAfter(Step.SET);
      bed.coldStart(Map.of()).run(Step.SET, token);
      bed.coldStart(Map.of()).run(Step.CREATE, token);
      bed.run(Step.TEST, token);
      bed.run(Step.FINISH, token);

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName(
      "after an abandoned rotation AWSPREVIOUS is tried once: no two failed logins in a row")
  void causesNoTwoFailedLoginsInARow(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql(
          "ALTER USER `%s` FAILED_LOGIN_ATTEMPTS 2 PASSWORD_LOCK_TIME UNBOUNDED"
              .formatted(bed.user));
      bed.rotate();
      bed.abandonAfter(Step.SET);
      bed.abandonAfter(Step.SET);
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName("PASSWORD REQUIRE CURRENT: the primary password has to be known, and is")
  void rotatesWherePasswordsRequireTheCurrentOne(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql("ALTER USER `%s` PASSWORD REQUIRE CURRENT".formatted(bed.user));
      String token = bed.abandonAfter(Step.SET);
      bed.coldStart(Map.of()).run(Step.SET, token);
      SecretDocument current = bed.current();

      // AWSCURRENT's is the secondary one; the abandoned version's is the primary one
      bed.rotate();

      assertThat(bed.logsIn(current)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName("PASSWORD HISTORY: retries, abandoned rotations and retire use no password twice")
  void rotatesWithAPasswordHistory(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql("ALTER USER `%s` PASSWORD HISTORY 10".formatted(bed.user));
      SecretDocument first = bed.current();
      bed.rotate();
      String token = bed.abandonAfter(Step.SET);
      assertThat(bed.logsIn(first)).isFalse();
      bed.coldStart(Map.of()).run(Step.SET, token);
      assertThat(bed.logsIn(bed.current())).isTrue();
      SecretDocument before = bed.current();

      bed.rotate();

      assertThat(bed.logsIn(before)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
      bed.coldStart(Map.of("RETIRE_OLD", "AT_FINISH")).rotate();
      assertThat(bed.logsIn(before)).isFalse();
      assertThat(String.join(" ", bed.stored(bed.user))).doesNotContain("additional_password");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName("a password that the history refuses is a POLICY, and a new token helps")
  void reportsTheHistory(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql("ALTER USER `%s` PASSWORD HISTORY 10".formatted(bed.user));
      String token = bed.abandonAfter(Step.CREATE);
      bed.useAndPutBack(bed.version(token).text("password"));

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("POLICY")
          .hasMessageContaining("password history");

      assertThat(bed.logsIn(bed.current())).isTrue();
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName("an expired password is changed, not given up")
  void rotatesAnExpiredPassword(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.rotate();
      bed.sql("ALTER USER `%s` PASSWORD EXPIRE".formatted(bed.user));

      String token = bed.secrets.stage(TestBed.SECRET);
      bed.coldStart(Map.of());
      bed.run(Step.CREATE, token);
      bed.run(Step.SET, token);
      bed.run(Step.TEST, token);
      bed.run(Step.FINISH, token);

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MYSQL", "SUPERUSER_OF_MYSQL"})
  @DisplayName("accounts with mysql_native_password keep it: RETAIN allows no other plugin")
  void keepsThePlugin(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql(
          "ALTER USER `%s` IDENTIFIED WITH mysql_native_password BY 'first'".formatted(bed.user));
      bed.store(bed.current().with("password", "first"));
      SecretDocument before = bed.current();

      bed.rotate();

      assertThat(bed.logsIn(before)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.ask("SELECT plugin FROM mysql.user WHERE User = '%s'".formatted(bed.user)))
          .isEqualTo("mysql_native_password");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("an empty password could not be kept beside another one, and is nobody's to change")
  void leavesAnEmptyPasswordAlone(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql("SET PASSWORD FOR `%s` = ''".formatted(bed.user));
      List<String> before = bed.stored(bed.user);

      assertThatThrownBy(bed::rotate).hasMessageContaining("REJECTED");

      assertThat(bed.stored(bed.user)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MARIADB", "SUPERUSER_OF_MARIADB"})
  @DisplayName("MariaDB: other ways to authenticate stay as they are, in their order")
  void keepsOtherAlternatives(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      String hash = PasswordPlugin.NATIVE.hash(bed.current().secret("password"));
      bed.sql(
          ("ALTER USER `%s` IDENTIFIED VIA unix_socket OR mysql_native_password USING '%s'"
                  + " OR mysql_old_password USING '0123456789abcdef'")
              .formatted(bed.user, hash));
      SecretDocument before = bed.current();

      bed.rotate();

      assertThat(bed.ask("SHOW CREATE USER `%s`".formatted(bed.user)))
          .contains(
              "IDENTIFIED VIA unix_socket OR mysql_native_password USING '%s' OR mysql_native_password USING '%s' OR mysql_old_password USING '0123456789abcdef'"
                  .formatted(PasswordPlugin.NATIVE.hash(bed.current().secret("password")), hash));
      assertThat(bed.logsIn(before)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"USER_OF_MARIADB", "SUPERUSER_OF_MARIADB"})
  @DisplayName("MariaDB: limits, TLS and expiry of the account survive a new password")
  void keepsTheOptions(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      bed.sql(
          "ALTER USER `%s` REQUIRE SSL WITH MAX_USER_CONNECTIONS 9 PASSWORD EXPIRE INTERVAL 5 DAY"
              .formatted(bed.user));

      bed.rotate();

      assertThat(bed.ask("SHOW CREATE USER `%s`".formatted(bed.user)))
          .contains("REQUIRE SSL WITH MAX_USER_CONNECTIONS 9 PASSWORD EXPIRE INTERVAL 5 DAY");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("two versions with the same password: retire ends nothing")
  void keepsAPasswordThatTwoVersionsShare(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      if (bed.isMariaDb()) {
        String hash = PasswordPlugin.NATIVE.hash(bed.current().secret("password"));
        bed.sql(
            "ALTER USER `%s` IDENTIFIED VIA unix_socket OR mysql_native_password USING '%s'"
                .formatted(bed.user, hash));
      }
      bed.store(bed.current().with("apiToken", "one"));
      bed.store(bed.current().with("apiToken", "two"));

      bed.abandonAfter(Step.CREATE);

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("MariaDB: a server that quotes no names in what it shows")
  void readsAccountsWhereNamesAreNotQuoted() throws Exception {
    try (MariaDbServer own = MariaDbServer.start();
        TestBed bed = TestBed.dualPassword(own)) {
      bed.sql("SET GLOBAL sql_quote_show_create = OFF");
      SecretDocument first = bed.current();

      bed.rotate();

      assertThat(bed.logsIn(first)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a secret whose user was renamed: the old user's password is left alone")
  void retiresOnlyPasswordsOfTheSameUser(Who who) throws Exception {
    try (TestBed bed = bed(who)) {
      SecretDocument old = bed.current();
      String other = bed.user + "_2";
      bed.createUser(other, "other");
      bed.sql(
          bed.isMariaDb()
              ? "GRANT CREATE USER ON *.* TO `%s`".formatted(other)
              : "GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO `%s`".formatted(other));
      bed.store(old.with("username", other).with("password", "other"));

      bed.rotate();

      assertThat(bed.logsIn(old)).isTrue();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }
}

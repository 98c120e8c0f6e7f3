package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(TestServers.class)
class MysqlSingleUserRotatorTest {

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlSingleUserRotatorTest(MysqlServer mysql, MariaDbServer mariadb) {
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
  void replacesThePasswordAndKeepsOpenSessions(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      SecretDocument before = bed.current();
      try (Connection open = bed.connect(before)) {
        bed.rotate();

        assertThat(open.isValid(5)).isTrue();
      }
      assertThat(bed.logsIn(before)).isFalse();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a crash after setSecret and then a new token: the abandoned version is the login")
  void recoversWithANewToken(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.abandonAfter(Step.SET);
      assertThat(bed.logsIn(bed.current())).isFalse();

      bed.coldStart(Map.of()).rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("server modes that change what quotes and backslashes mean")
  void rotatesInAnySqlMode(EngineUnderTest engine) throws Exception {
    Map<String, String> mode = Map.of("sql_mode", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES");
    try (MysqlProtocolServer server =
            engine == EngineUnderTest.MYSQL ? MysqlServer.start(mode) : MariaDbServer.start(mode);
        TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(Map.of("PASSWORD_LENGTH", "200", "EXCLUDE_CHARACTERS", "a"));
      for (int i = 0; i < 3; i++) {
        bed.rotate();
        assertThat(bed.logsIn(bed.current())).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a password with é and others, which AWS's template locks out")
  void rotatesFromAnyCharacters(EngineUnderTest engine) throws Exception {
    String odd = "é'\"\\%ü€𝄞";
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.sql(
          "SET PASSWORD FOR `%s` = '%s'"
              .formatted(
                  bed.user,
                  bed.isMariaDb()
                      ? PasswordPlugin.NATIVE.hash(Secret.of(odd))
                      : odd.replace("\\", "\\\\").replace("'", "''")));
      bed.store(bed.current().with("password", odd));
      assertThat(bed.logsIn(bed.current())).isTrue();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("the login's account of several of the name, for other hosts than '%'")
  void rotatesAUserOfAnyHost(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.createUser(bed.user, "localhost", "local");
      bed.store(bed.current().with("password", "local"));
      List<String> before = bed.stored(bed.user).subList(0, 1);

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.stored(bed.user).subList(0, 1)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("error 1820: an expired password is changed")
  void rotatesAnExpiredPassword(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.sql("ALTER USER `%s` PASSWORD EXPIRE".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void reportsALockedUser(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.sql("ALTER USER `%s` ACCOUNT LOCK".formatted(bed.user));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("has locked");
    }
  }

  @ParameterizedTest
  @EnumSource
  void reportsAConnectionLimit(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.sql("ALTER USER `%s` WITH MAX_USER_CONNECTIONS 1".formatted(bed.user));
      try (Connection open = bed.connect(bed.current())) {
        assertThatThrownBy(bed::rotate).hasMessageContaining("THROTTLED");
        assertThat(open.isValid(5)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a read-only server is told before anything is changed, also to those who may write")
  void refusesAReplica(EngineUnderTest engine) throws Exception {
    Map<String, String> readOnly = Map.of("read_only", "ON");
    try (MysqlProtocolServer server =
            engine == EngineUnderTest.MYSQL
                ? MysqlServer.start(readOnly)
                : MariaDbServer.start(readOnly);
        TestBed bed = TestBed.singleUser(server)) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("let 'host' name the primary");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a database name that is wrong does not matter: users belong to no database")
  void doesNotLogInToADatabase(EngineUnderTest engine) throws Exception {
    try (TestBed bed =
        TestBed.singleUser(server(engine), secret -> secret.put("dbname", "absent"))) {
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.current().text("dbname")).isEqualTo("absent");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a lock that another session holds is a conflict within seconds")
  void reportsAHeldLock(EngineUnderTest engine) throws Exception {
    MysqlProtocolServer server =
        engine == EngineUnderTest.MYSQL ? MysqlServer.start() : MariaDbServer.start();
    try (server;
        TestBed bed = TestBed.singleUser(server);
        Connection backup =
            bed.connect(
                bed.current()
                    .with("username", server.superuser())
                    .with("password", server.superuserPassword()))) {
      TestBed.execute(backup, "FLUSH TABLES WITH READ LOCK");

      assertThatThrownBy(bed::rotate).hasMessageContaining("CONFLICT");

      TestBed.execute(backup, "UNLOCK TABLES");
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("the secret's engine and the server must be the same")
  void comparesTheEngine(EngineUnderTest engine) throws Exception {
    String other = engine == EngineUnderTest.MYSQL ? "mariadb" : "mysql";
    try (TestBed bed = TestBed.singleUser(server(engine), secret -> secret.put("engine", other))) {
      String token = bed.abandonAfter(Step.CREATE);
      String before = bed.stateExceptPending(token);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("correct the field 'engine'");

      assertThat(bed.stateExceptPending(token)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("MySQL, PASSWORD REQUIRE CURRENT: the old password is told")
  void tellsTheCurrentPassword() throws Exception {
    try (TestBed bed = TestBed.singleUser(mysql)) {
      bed.sql("ALTER USER `%s` PASSWORD REQUIRE CURRENT".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName(
      "MySQL: who logs in with the secondary password changes the primary one all the same")
  void changesBesideASecondaryPassword() throws Exception {
    try (TestBed bed = TestBed.singleUser(mysql)) {
      bed.sql(
          "ALTER USER `%s` IDENTIFIED BY 'another' RETAIN CURRENT PASSWORD".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("MySQL: a password that the history refuses is a POLICY, and a new token helps")
  void reportsTheHistory() throws Exception {
    try (TestBed bed = TestBed.singleUser(mysql)) {
      bed.sql("ALTER USER `%s` PASSWORD HISTORY 5".formatted(bed.user));
      String token = bed.abandonAfter(Step.CREATE);
      bed.useAndPutBack(bed.version(token).text("password"));

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("POLICY")
          .hasMessageContaining("PASSWORD HISTORY");

      assertThat(bed.logsIn(bed.current())).isTrue();
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("MySQL: a longer password than the server takes is refused by createSecret")
  void refusesLongPasswords() throws Exception {
    try (TestBed bed = TestBed.singleUser(mysql).coldStart(Map.of("PASSWORD_LENGTH", "257"))) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("256 at most");
      bed.coldStart(Map.of("PASSWORD_LENGTH", "256")).rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("MariaDB: SET PASSWORD changes the first password; if that is not ours, nothing is")
  void refusesAnAccountWhoseFirstPasswordIsAnother() throws Exception {
    try (TestBed bed = TestBed.singleUser(mariadb)) {
      String hash = PasswordPlugin.NATIVE.hash(bed.current().secret("password"));
      bed.sql(
          "ALTER USER `%s` IDENTIFIED VIA mysql_old_password USING '0123456789abcdef' OR mysql_native_password USING '%s'"
              .formatted(bed.user, hash));
      List<String> before = bed.stored(bed.user);

      assertThatThrownBy(bed::rotate).hasMessageContaining("is not the first one");

      assertThat(bed.stored(bed.user)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("MariaDB: a password behind unix_socket is the first password")
  void keepsUnixSocket() throws Exception {
    try (TestBed bed = TestBed.singleUser(mariadb)) {
      String hash = PasswordPlugin.NATIVE.hash(bed.current().secret("password"));
      bed.sql(
          "ALTER USER `%s` IDENTIFIED VIA unix_socket OR mysql_native_password USING '%s'"
              .formatted(bed.user, hash));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.ask("SHOW CREATE USER `%s`".formatted(bed.user)))
          .contains("VIA unix_socket OR mysql_native_password USING");
    }
  }
}

package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where AWS's templates for this engine break; each is a rotation that must work here. */
@ExtendWith(TestServers.class)
abstract class TemplateFailures {

  private final MysqlProtocolServer server;

  TemplateFailures(MysqlProtocolServer server) {
    this.server = server;
  }

  /** All ways to rotate the bed's user. */
  enum Way {
    DUAL_PASSWORD(TestBed::dualPassword),
    DUAL_PASSWORD_BY_SUPERUSER(TestBed::dualPasswordBySuperuser),
    SINGLE_USER(TestBed::singleUser),
    ALTERNATING_USERS(TestBed::alternatingUsers);

    @SuppressWarnings("ImmutableEnumChecker") // a method reference
    private final Function<MysqlProtocolServer, TestBed> bed;

    Way(Function<MysqlProtocolServer, TestBed> bed) {
      this.bed = bed;
    }

    TestBed on(MysqlProtocolServer server) {
      return bed.apply(server);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("stuck for good after a death between set and finish, and a new token")
  void recoversFromAnAbandonedChange(Way way) throws Exception {
    try (TestBed bed = way.on(server)) {
      bed.rotate();
      SecretDocument abandoned = bed.version(bed.abandonAfter(Step.SET));
      assertThat(bed.logsIn(abandoned)).isTrue();

      bed.coldStart(Map.of()).rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a GRANT that fails once: the retry promotes a clone without privileges")
  void neverPromotesACloneWithoutPrivileges() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String admin = limitedAdministrator(bed);
      String database = newDatabase(bed);
      bed.sql("GRANT SELECT, INSERT ON `%s`.* TO `%s`".formatted(database, bed.user));
      SecretDocument before = bed.current();
      String token = bed.secrets.stage(TestBed.SECRET);
      bed.run(Step.CREATE, token);

      for (int attempt = 1; attempt <= 2; attempt++) {
        assertThatThrownBy(() -> bed.run(Step.SET, token)).hasMessageContaining("PRIVILEGE");
        assertThat(bed.logsIn(bed.version(token))).as("a clone without privileges").isFalse();
        assertThatThrownBy(() -> bed.run(Step.TEST, token)).isInstanceOf(RotationException.class);
        assertThat(bed.current()).isEqualTo(before);
        assertThat(bed.logsIn(before)).isTrue();
      }

      bed.sql(
          "GRANT SELECT, INSERT ON `%s`.* TO `%s` WITH GRANT OPTION".formatted(database, admin));
      bed.coldStart(Map.of());
      for (Step step : Step.values()) {
        bed.run(step, token);
      }
      assertThat(bed.current().text("username")).isEqualTo(bed.user + "_clone");
      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.rows(clone, "SELECT COUNT(*) FROM `%s`.t".formatted(database)))
            .containsExactly("0");
      }
    }
  }

  /** May make users, and pass on nothing that the rotated user has. */
  private static String limitedAdministrator(TestBed bed) {
    String admin = bed.user + "_admin";
    bed.createUser(admin, "an administrator");
    bed.sql(
        "GRANT CREATE USER, RELOAD ON *.* TO `%s`".formatted(admin),
        "GRANT SELECT ON mysql.* TO `%s`".formatted(admin));
    bed.secrets.putSecretValue(
        TestBed.SUPERUSER_SECRET, Secret.of(bed.database(admin, "an administrator").toString()));
    return admin;
  }

  private static String newDatabase(TestBed bed) {
    String name = "of " + bed.user;
    bed.sql("CREATE DATABASE `%s`".formatted(name), "CREATE TABLE `%s`.t (id INT)".formatted(name));
    return name;
  }

  @Test
  @DisplayName("takeover: a secret for victim_clone resets the password of victim")
  void leavesAnUnrelatedOriginalAlone() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String attacker = bed.user + "_clone";
      bed.createUser(attacker, "of an attacker");
      bed.store(bed.current().with("username", attacker).with("password", "of an attacker"));
      bed.store(bed.current().with("note", "so that AWSPREVIOUS is the attacker too"));
      List<String> victim = bed.stored(bed.user);

      assertThatThrownBy(bed::rotate).hasMessageContaining("no pair and nothing was changed");

      assertThat(bed.stored(bed.user)).isEqualTo(victim);
    }
  }

  @Test
  @DisplayName("takeover: a secret for root_clone makes AWSCURRENT the superuser")
  void neverBecomesTheSuperuser() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String attacker = server.superuser() + "_clone";
      bed.createUser(attacker, "of an attacker");
      try {
        bed.store(bed.current().with("username", attacker).with("password", "of an attacker"));
        bed.store(bed.current().with("note", "so that AWSPREVIOUS is the attacker too"));
        List<String> superuser = bed.stored(server.superuser());

        assertThatThrownBy(bed::rotate).hasMessageContaining("no pair and nothing was changed");

        assertThat(bed.stored(server.superuser())).isEqualTo(superuser);
        assertThat(bed.current().text("username")).isEqualTo(attacker);
      } finally {
        bed.sql("DROP USER `%s`".formatted(attacker));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a wrong dbname: set changes the password, test fails, and nothing recovers")
  void doesNotLogInToADatabase(Way way) throws Exception {
    try (TestBed bed = way.on(server)) {
      bed.store(bed.current().with("dbname", "no_such_database"));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.current().text("dbname")).isEqualTo("no_such_database");
    }
  }

  @Test
  @DisplayName("GRANT OPTION, resource limits, roles and default roles are lost")
  void carriesEverythingOver() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String database = newDatabase(bed);
      String role = bed.user + "_role";
      bed.sql(
          "CREATE ROLE `%s`".formatted(role),
          "GRANT INSERT ON `%s`.* TO `%s`".formatted(database, role),
          "GRANT `%s` TO `%s`".formatted(role, bed.user),
          setDefaultRole(bed, role, bed.user),
          "GRANT SELECT ON `%s`.* TO `%s` WITH GRANT OPTION".formatted(database, bed.user),
          "GRANT UPDATE (id) ON `%s`.t TO `%s`".formatted(database, bed.user),
          "ALTER USER `%s` WITH MAX_USER_CONNECTIONS 7 MAX_QUERIES_PER_HOUR 5000"
              .formatted(bed.user));

      bed.rotate();

      assertThat(bed.current().text("username")).isEqualTo(bed.user + "_clone");
      assertThat(grants(bed, bed.user + "_clone"))
          .isEqualTo(grants(bed, bed.user))
          .hasSizeGreaterThan(2);
      assertThat(limits(bed, bed.user + "_clone"))
          .isEqualTo(limits(bed, bed.user))
          .isEqualTo("7 | 5000");
      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.rows(clone, "SELECT CURRENT_ROLE()").get(0)).contains(role);
      }
    }
  }

  @Test
  @DisplayName("revoked rights stay with the clone")
  void takesRevokedRightsFromTheClone() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String database = newDatabase(bed);
      bed.sql("GRANT SELECT, DELETE ON `%s`.* TO `%s`".formatted(database, bed.user));
      bed.rotate();
      bed.sql("REVOKE DELETE ON `%s`.* FROM `%s`".formatted(database, bed.user));
      bed.rotate();

      bed.rotate();

      assertThat(bed.current().text("username")).isEqualTo(bed.user + "_clone");
      assertThat(grants(bed, bed.user + "_clone"))
          .isEqualTo(grants(bed, bed.user))
          .noneMatch(grant -> grant.contains("DELETE"));
    }
  }

  private static String setDefaultRole(TestBed bed, String role, String user) {
    return "SET DEFAULT ROLE `%s` %s `%s`".formatted(role, bed.isMariaDb() ? "FOR" : "TO", user);
  }

  /** As the server itself writes them down, without what has to differ. */
  private static Set<String> grants(TestBed bed, String user) {
    Set<String> grants = new TreeSet<>();
    for (String grant : bed.rows("SHOW GRANTS FOR `%s`".formatted(user))) {
      if (!grant.contains("keyturn: ") && !grant.startsWith("GRANT USAGE")) {
        grants.add(
            grant
                .replace("TO `%s`".formatted(user), "TO `user`")
                .replace("FOR `%s`".formatted(user), "FOR `user`")
                .replace("SET DEFAULT ROLE", "DEFAULT ROLE")
                .replaceAll(" IDENTIFIED BY PASSWORD '.*?'", ""));
      }
    }
    return grants;
  }

  private static String limits(TestBed bed, String user) {
    return bed.ask(
        "SELECT max_user_connections, max_questions FROM mysql.user WHERE User = '%s'"
            .formatted(user));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a user of another host than '%' fails")
  void rotatesTheAccountThatLogsIn(Way way) throws Exception {
    try (TestBed bed = way.on(server)) {
      String password = "of localhost-" + bed.user;
      bed.createUser(bed.user, "localhost", password);
      if (way == Way.DUAL_PASSWORD) {
        bed.sql(
            "GRANT %s ON *.* TO `%s`@localhost"
                .formatted(
                    bed.isMariaDb() ? "CREATE USER" : "APPLICATION_PASSWORD_ADMIN", bed.user));
      }
      bed.store(bed.current().with("password", password));
      bed.store(bed.current().with("note", "so that AWSPREVIOUS is this account too"));
      String everywhereElse = bed.stored(bed.user).get(0);
      assertThat(everywhereElse).startsWith("% | ");

      bed.rotate();

      assertThat(bed.stored(bed.user).get(0)).isEqualTo(everywhereElse);
      try (Connection client = bed.connect(bed.current())) {
        assertThat(TestBed.rows(client, "SELECT CURRENT_USER()"))
            .containsExactly(bed.current().text("username") + "@localhost");
      }
    }
  }

  @Test
  @DisplayName("a database named 'a TO b' breaks the copying of privileges")
  void copiesPrivilegesOnAnyName() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      List<String> databases = new ArrayList<>();
      for (String name : List.of("%s a TO b", "%s ON x", "%s `q'\"", "%s a_b%%", "%s WITH é")) {
        databases.add(name.formatted(bed.user));
      }
      for (String database : databases) {
        String quoted = MysqlSql.name(database);
        bed.sql(
            "CREATE DATABASE " + quoted,
            "CREATE TABLE %s.`t TO u` (id INT)".formatted(quoted),
            // in which _ and % would stand for anything
            "GRANT SELECT ON %s.* TO `%s`"
                .formatted(quoted.replace("_", "\\_").replace("%", "\\%"), bed.user),
            "GRANT INSERT ON %s.`t TO u` TO `%s`".formatted(quoted, bed.user));
      }

      bed.rotate();

      try (Connection clone = bed.connect(bed.current())) {
        for (String database : databases) {
          String table = MysqlSql.name(database) + ".`t TO u`";
          assertThat(TestBed.rows(clone, "SELECT COUNT(*) FROM " + table)).containsExactly("0");
        }
      }
      assertThat(grants(bed, bed.user + "_clone"))
          .isEqualTo(grants(bed, bed.user))
          .hasSize(2 * databases.size());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE_USER", "DUAL_PASSWORD_BY_SUPERUSER"})
  @DisplayName("an expired password (1820)")
  void replacesAnExpiredPassword(Way way) throws Exception {
    try (TestBed bed = way.on(server)) {
      bed.sql("ALTER USER `%s` PASSWORD EXPIRE".formatted(bed.user));
      assertThat(bed.logsIn(bed.current())).isFalse();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a password with é fails in test, after the change, and locks the user out")
  void logsInWithAnyCharacters(Way way) throws Exception {
    String password = "pässwörd é € 𝒳 '\"\\ ;%";
    try (TestBed bed = way.on(server)) {
      bed.sql(
          bed.isMariaDb()
              ? "SET PASSWORD FOR `%s` = '%s'"
                  .formatted(bed.user, PasswordPlugin.NATIVE.hash(Secret.of(password)))
              : "ALTER USER `%s` IDENTIFIED BY %s".formatted(bed.user, MysqlSql.literal(password)));
      bed.store(bed.current().with("password", password));
      bed.store(bed.current().with("note", "so that AWSPREVIOUS has it too"));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("an untrusted certificate: plaintext without a word")
  void neverFallsBackToPlaintext(Way way) throws Exception {
    try (TestBed bed = way.on(server)) {
      String token = bed.secrets.stage(TestBed.SECRET);
      bed.coldStart(Map.of("TLS_CA_BUNDLE", server.untrustedCaBundle().toString()));
      int logged = server.generalLog().length();
      bed.run(Step.CREATE, token);

      assertThatThrownBy(() -> bed.run(Step.SET, token)).hasMessageContaining("TLS: ");

      assertThat(server.generalLog().substring(logged))
          .as("nobody has logged in, nor tried to")
          .doesNotContain("Connect");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("the new password is in the general log, the slow log and the error log")
  void sendsNoPasswordToAnyLog(Way way) throws Exception {
    try (TestBed bed = way.on(server)) {
      int logged = server.log().length();
      List<String> passwords = new ArrayList<>();
      passwords.add(bed.current().text("password"));
      bed.rotate();
      passwords.add(bed.current().text("password"));
      passwords.add(bed.version(bed.abandonAfter(Step.SET)).text("password"));
      bed.rotate();
      passwords.add(bed.current().text("password"));

      assertThat(server.log().length()).isGreaterThan(logged);
      assertThat(server.generalLog()).contains(bed.user);
      assertThat(server.log()).doesNotContain(passwords);
    }
  }

  @Test
  @DisplayName("every failure to connect is the same message")
  void tellsWhyItCouldNotConnect() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      assertThat(failure(bed, Map.of("TLS_CA_BUNDLE", server.untrustedCaBundle().toString())))
          .contains("TLS: ")
          .contains("set TLS_CA_BUNDLE");

      bed.sql("ALTER USER `%s` ACCOUNT LOCK".formatted(bed.user));
      assertThat(failure(bed, Map.of())).contains("has locked '%s'".formatted(bed.user));
      bed.sql("ALTER USER `%s` ACCOUNT UNLOCK".formatted(bed.user));

      bed.sql("ALTER USER `%s` WITH MAX_USER_CONNECTIONS 1".formatted(bed.user));
      try (Connection only = bed.connect(bed.current())) {
        assertThat(only.isValid(5)).isTrue();
        assertThat(failure(bed, Map.of())).contains("THROTTLED: ").contains("no connection left");
      }
      bed.sql("ALTER USER `%s` WITH MAX_USER_CONNECTIONS 0".formatted(bed.user));

      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.store(bed.current().with("port", String.valueOf(unusedPort())));
      assertThat(failure(bed, Map.of())).contains("NETWORK: ").contains("can't be reached");
    }
  }

  private static String failure(TestBed bed, Map<String, String> settings) throws Exception {
    String token = bed.secrets.stage(TestBed.SECRET);
    bed.coldStart(settings);
    bed.run(Step.CREATE, token);
    String message =
        String.valueOf(
            Objects.requireNonNull(catchThrowable(() -> bed.run(Step.SET, token))).getMessage());
    bed.coldStart(Map.of());
    return message;
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}

package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class PostgresAlternatingUsersRotatorTest {

  private final PostgresServer server;

  PostgresAlternatingUsersRotatorTest(PostgresServer server) {
    this.server = server;
  }

  @Test
  void takesTurnsAndKeepsTheOldUserWorking() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      SecretDocument first = bed.current();

      bed.rotate();
      SecretDocument second = bed.current();
      assertThat(second.text("username")).isEqualTo(bed.user + "_clone");
      assertThat(bed.logsIn(second)).isTrue();
      assertThat(bed.logsIn(first)).isTrue();

      bed.rotate();
      SecretDocument third = bed.current();
      assertThat(third.text("username")).isEqualTo(bed.user);
      assertThat(bed.logsIn(third)).isTrue();
      assertThat(bed.logsIn(second)).isTrue();
      assertThat(bed.logsIn(first)).isFalse();
    }
  }

  @Test
  void whatTheCloneCreatesBelongsToTheOriginal() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.sql("CREATE SCHEMA \"%1$s\" AUTHORIZATION \"%1$s\"".formatted(bed.user));
      bed.rotate();
      try (Connection clone = bed.connect(bed.current())) {
        execute(clone, "CREATE TABLE \"%s\".made_by_clone (id int)".formatted(bed.user));
      }

      bed.rotate();

      try (Connection original = bed.connect(bed.current())) {
        execute(original, "INSERT INTO \"%s\".made_by_clone VALUES (1)".formatted(bed.user));
        execute(original, "DROP TABLE \"%s\".made_by_clone".formatted(bed.user));
      }
    }
  }

  @Test
  void carriesSettingsLimitsAndAttributesOver() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      giveEverything(bed, bed.user);

      bed.rotate();

      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.ask(clone, "SHOW search_path"))
            .isEqualTo("\"Odd, name\", \"$user\", public");
        assertThat(TestBed.ask(clone, "SHOW work_mem")).isEqualTo("7MB");
        assertThat(TestBed.ask(clone, "SHOW app.tenant")).isEqualTo("it's \"1\"; DROP ROLE x");
        assertThat(TestBed.ask(clone, "SHOW statement_timeout")).isEqualTo("1min");
      }
      assertThat(attributes(bed, bed.user + "_clone")).isEqualTo(attributes(bed, bed.user));
    }
  }

  @Test
  @DisplayName("what changed at the original since the clone was made is brought over each time")
  void bringsAnExistingCloneInLine() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();
      bed.rotate();
      giveEverything(bed, bed.user);
      bed.sql("ALTER ROLE \"%s_clone\" SET maintenance_work_mem = '9MB'".formatted(bed.user));

      bed.rotate();

      assertThat(attributes(bed, bed.user + "_clone")).isEqualTo(attributes(bed, bed.user));
      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.ask(clone, "SHOW work_mem")).isEqualTo("7MB");
        assertThat(TestBed.ask(clone, "SHOW maintenance_work_mem")).isNotEqualTo("9MB");
      }
    }
  }

  @Test
  void takesBackWhatTheOriginalHasLost() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      giveEverything(bed, bed.user);
      bed.rotate();
      bed.rotate();
      bed.sql(
          "ALTER ROLE \"%s\" NOCREATEDB CONNECTION LIMIT -1 VALID UNTIL 'infinity'"
              .formatted(bed.user),
          "ALTER ROLE \"%s\" RESET ALL".formatted(bed.user));

      bed.rotate();

      assertThat(attributes(bed, bed.user + "_clone")).isEqualTo(attributes(bed, bed.user));
    }
  }

  @Test
  @DisplayName("testSecret proves that the clone has what it needs, not only that it logs in")
  void testSecretFindsWhatTheCloneLacks() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String token = bed.abandonAfter(Step.SET);
      bed.sql("REVOKE \"%1$s\" FROM \"%1$s_clone\"".formatted(bed.user));

      assertThatThrownBy(() -> bed.run(Step.TEST, token)).hasMessageContaining("PRIVILEGE");
      assertThat(bed.log).anyMatch(line -> line.contains("full membership in"));

      bed.sql("GRANT \"%1$s\" TO \"%1$s_clone\"".formatted(bed.user));
      bed.run(Step.SET, token);
      bed.run(Step.TEST, token);
      bed.run(Step.FINISH, token);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a role of the clone's name that is no member of the original is somebody else's")
  void leavesAStrangerAlone() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.createUser(bed.user + "_clone", "unchanged");
      String before = bed.verifier(bed.user + "_clone");

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("no pair and nothing was changed")
          .hasMessageContaining(
              "COMMENT ON ROLE \"%1$s_clone\" IS 'keyturn: clone of %1$s'".formatted(bed.user));
      assertThat(bed.verifier(bed.user + "_clone")).isEqualTo(before);

      bed.sql("COMMENT ON ROLE \"%1$s_clone\" IS 'keyturn: clone of %1$s'".formatted(bed.user));
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName(
      "takeover: a secret for victim_clone does not reset the password of an unrelated victim")
  void doesNotTakeOverAnUnrelatedUser() throws Exception {
    try (TestBed bed = attacker("_clone")) {
      bed.createUser(victimOf(bed), "unchanged");
      String before = bed.verifier(victimOf(bed));

      assertThatThrownBy(bed::rotate).hasMessageContaining("no pair and nothing was changed");
      assertThat(bed.verifier(victimOf(bed))).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("takeover: AWSCURRENT never becomes a superuser by its name, member of it or not")
  void doesNotBecomeASuperuser() throws Exception {
    try (TestBed bed = attacker("_clone")) {
      bed.sql(
          "CREATE ROLE \"%s\" LOGIN SUPERUSER PASSWORD 'unchanged'".formatted(victimOf(bed)),
          "GRANT \"%s\" TO \"%s\"".formatted(victimOf(bed), attackerOf(bed)));
      String before = bed.verifier(victimOf(bed));

      assertThatThrownBy(bed::rotate).hasMessageContaining("superuser");
      assertThat(bed.verifier(victimOf(bed))).isEqualTo(before);
    }
  }

  @Test
  void doesNotTurnAGroupIntoAUser() throws Exception {
    try (TestBed bed = attacker("_clone")) {
      bed.sql(
          "CREATE ROLE \"%s\"".formatted(victimOf(bed)),
          "GRANT \"%s\" TO \"%s\"".formatted(victimOf(bed), attackerOf(bed)));

      assertThatThrownBy(bed::rotate).hasMessageContaining("it is a group");
    }
  }

  @Test
  void saysThatAUserWhoseOwnNameEndsLikeACloneCannotAlternate() throws Exception {
    try (TestBed bed = attacker("_clone")) {
      assertThatThrownBy(bed::rotate).hasMessageContaining("use the single-user strategy");
    }
  }

  @Test
  @DisplayName("the superuser does nothing for a secret whose own login is refused")
  void lendsNoSuperuserToWhoCannotLogIn() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.store(bed.current().with("password", "not-the-password"));
      bed.store(bed.current().with("password", "neither"));
      bed.sql("ALTER ROLE \"%s\" PASSWORD 'changed by somebody'".formatted(bed.user));

      assertThatThrownBy(bed::rotate).hasMessageContaining("REJECTED");
      assertThat(bed.ask("SELECT 1 FROM pg_roles WHERE rolname = '%s_clone'".formatted(bed.user)))
          .isEqualTo("no row");
    }
  }

  @Test
  void makesTheCloneInOneTransaction() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String mute = "m" + bed.user;
      bed.sql(
          "CREATE ROLE \"%s\" LOGIN CREATEROLE PASSWORD 'limited'".formatted(mute),
          "GRANT \"%s\" TO \"%s\" WITH ADMIN OPTION".formatted(bed.user, mute),
          "ALTER ROLE \"%s\" BYPASSRLS".formatted(bed.user));
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET, Secret.of(bed.database(mute, "limited").toString()));

      assertThatThrownBy(bed::rotate).hasMessageContaining("PRIVILEGE");
      assertThat(bed.ask("SELECT 1 FROM pg_roles WHERE rolname = '%s_clone'".formatted(bed.user)))
          .isEqualTo("no row");
    }
  }

  @Test
  void worksForAnAdministratorWithoutSuperuser() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      useAdministrator(bed, "WITH ADMIN OPTION");

      bed.rotate();
      bed.rotate();
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("PostgreSQL 16 and newer: names the missing ADMIN OPTION before anything is changed")
  void namesTheMissingAdminOption() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      useAdministrator(bed, "");

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("PRIVILEGE")
          .hasMessageContaining("WITH ADMIN OPTION");
    }
  }

  @Test
  void namesTheSuperuserSecretWhoseLoginIsRefused() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET,
          Secret.of(bed.database(server.superuser(), "wrong").toString()));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("PRIVILEGE")
          .hasMessageContaining("refuses the login of the superuser secret");
    }
  }

  @Test
  @DisplayName("a warm function follows a superuser secret that was itself rotated")
  void followsARotatedSuperuserSecret() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String admin = "a" + bed.user;
      bed.sql("CREATE ROLE \"%s\" LOGIN SUPERUSER PASSWORD 'one'".formatted(admin));
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET, Secret.of(bed.database(admin, "one").toString()));
      bed.rotate();

      bed.sql("ALTER ROLE \"%s\" PASSWORD 'two'".formatted(admin));
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET, Secret.of(bed.database(admin, "two").toString()));
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void refusesASuperuserOfAnotherServer() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET,
          Secret.of(
              bed.database(server.superuser(), server.superuserPassword().reveal())
                  .put("port", 1)
                  .toString()));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED")
          .hasMessageContaining("must name the same host and port");
    }
  }

  @Test
  void refusesAPendingUserThatIsNotOfThePair() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String token = bed.secrets.stage(TestBed.SECRET);
      bed.secrets
          .store()
          .putPending(
              TestBed.SECRET,
              token,
              bed.current().with("username", server.superuser()).json(),
              null);

      assertThatThrownBy(() -> bed.run(Step.SET, token))
          .hasMessageContaining("does not take turns with");
    }
  }

  @Test
  void refusesANameThatIsTooLongForAClone() throws Exception {
    String name = "n".repeat(58);
    try (TestBed bed = TestBed.alternatingUsers(server, secret -> secret.put("username", name))) {
      assertThatThrownBy(bed::rotate).hasMessageContaining("too long for alternating users");
    }
  }

  @Test
  void recoversFromACrashAfterSetWithANewToken() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();
      bed.abandonAfter(Step.SET);
      assertThat(bed.logsIn(bed.current())).isTrue();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void recoversThroughThePreviousUserWhenTheCurrentOneWasChangedByHand() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();
      bed.sql("ALTER ROLE \"%s_clone\" PASSWORD 'by hand'".formatted(bed.user));
      SecretDocument previous =
          bed.version(
              bed.secrets
                  .store()
                  .describe(TestBed.SECRET)
                  .versionWith("AWSPREVIOUS")
                  .orElseThrow());
      assertThat(bed.logsIn(previous)).isTrue();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a clone of AWS's templates consents by its login while AWSPREVIOUS still holds it")
  void adoptsACloneThatAwsTemplatesMade() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      SecretDocument original = bed.current();
      bed.createUser(bed.user + "_clone", "theirs");
      bed.sql("GRANT \"%1$s\" TO \"%1$s_clone\"".formatted(bed.user));
      bed.store(original.with("username", bed.user + "_clone").with("password", "theirs"));
      bed.store(original);

      bed.rotate();

      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.ask(clone, "SELECT current_user")).isEqualTo(bed.user);
      }
    }
  }

  @Test
  @DisplayName("an original that acts as a group: its clone acts as the same group")
  void actsAsWhomTheOriginalActsAs() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String group = bed.user + "_owner";
      bed.sql(
          "CREATE ROLE \"%s\"".formatted(group),
          "GRANT \"%s\" TO \"%s\"".formatted(group, bed.user),
          "ALTER ROLE \"%s\" SET role = '%s'".formatted(bed.user, group));

      bed.rotate();

      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.ask(clone, "SELECT current_user")).isEqualTo(group);
      }
    }
  }

  private void giveEverything(TestBed bed, String role) {
    bed.sql(
        "ALTER ROLE \"%s\" CREATEDB CONNECTION LIMIT 17 VALID UNTIL '2099-01-02 03:04:05+00'"
            .formatted(role),
        "ALTER ROLE \"%s\" SET search_path = \"Odd, name\", \"$user\", public".formatted(role),
        "ALTER ROLE \"%s\" SET work_mem = '7MB'".formatted(role),
        "ALTER ROLE \"%s\" SET app.tenant = 'it''s \"1\"; DROP ROLE x'".formatted(role),
        "ALTER ROLE \"%s\" IN DATABASE postgres SET statement_timeout = '1min'".formatted(role));
  }

  private static String attributes(TestBed bed, String role) {
    return bed.ask(
        """
        SELECT concat_ws(' ', rolcanlogin, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
                         rolconnlimit, coalesce(rolvaliduntil::text, 'infinity'))
        FROM pg_roles WHERE rolname = '%s'
        """
            .formatted(role));
  }

  /**
   * A secret, with its login and a superuser secret, for a user whose own name ends like a clone's.
   */
  private TestBed attacker(String suffix) {
    TestBed bed = TestBed.alternatingUsers(server);
    bed.createUser(attackerOf(bed), "attacker");
    bed.store(bed.current().with("username", attackerOf(bed)).with("password", "attacker"));
    assertThat(attackerOf(bed)).endsWith(suffix);
    return bed;
  }

  private static String attackerOf(TestBed bed) {
    return victimOf(bed) + "_clone";
  }

  private static String victimOf(TestBed bed) {
    return "victim" + bed.user;
  }

  /** What RDS gives: an administrator with CREATEROLE that is no superuser. */
  private static void useAdministrator(TestBed bed, String adminOption) {
    String admin = "a" + bed.user;
    bed.sql(
        "CREATE ROLE \"%s\" LOGIN CREATEROLE PASSWORD 'admin'".formatted(admin),
        "GRANT \"%s\" TO \"%s\" %s".formatted(bed.user, admin, adminOption));
    bed.secrets.putSecretValue(
        TestBed.SUPERUSER_SECRET, Secret.of(bed.database(admin, "admin").toString()));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

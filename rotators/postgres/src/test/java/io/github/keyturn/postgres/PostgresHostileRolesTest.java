package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner of an ordinary role can do to a superuser that rotates it. */
@ExtendWith(TestServers.class)
class PostgresHostileRolesTest {

  private final PostgresServer server;

  PostgresHostileRolesTest(PostgresServer server) {
    this.server = server;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x; ALTER ROLE %s SUPERUSER",
        "x''; ALTER ROLE %s SUPERUSER; --",
        "x''; COMMIT; ALTER ROLE %s SUPERUSER; --",
        "x\\''; ALTER ROLE %s SUPERUSER; --"
      })
  @DisplayName("a role's own setting is never executed by the superuser")
  void doesNotExecuteWhatARoleHasStored(String hostile) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server);
        Connection owner = bed.connect(bed.current())) {
      String value = hostile.formatted(PostgresSql.name(bed.user));
      execute(owner, "ALTER ROLE %s SET role = '%s'".formatted(PostgresSql.name(bed.user), value));
      execute(
          owner,
          "ALTER ROLE %s SET search_path = '%s'".formatted(PostgresSql.name(bed.user), value));

      bed.rotate();

      assertThat(bed.ask("SELECT rolsuper FROM pg_roles WHERE rolname = '%s'".formatted(bed.user)))
          .isEqualTo("f");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"App", "app-x", "2x", "app.x", "user x", "a'x", "A%s \"q\"", "back\\slash", "é"})
  void alternatesUsersOfAnyName(String prefix) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String name = prefix + System.nanoTime();
      bed.sql("CREATE ROLE %s LOGIN PASSWORD 'odd'".formatted(PostgresSql.name(name)));
      bed.store(bed.current().with("username", name).with("password", "odd"));

      bed.rotate();
      bed.rotate();
      bed.rotate();

      assertThat(bed.current().text("username")).isEqualTo(name + "_clone");
      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.ask(clone, "SELECT current_user")).isEqualTo(name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "datestyle = 'SQL, DMY'",
        "client_encoding = 'LATIN1'",
        "default_text_search_config = 'public.gone'",
        "default_tablespace = 'gone'",
        "temp_tablespaces = 'gone', \"Gone too\"",
        "transaction_read_only = on",
        "default_transaction_read_only = on",
        "statement_timeout = '1ms'",
        "lock_timeout = '1ms'",
        "session_authorization = 'postgres'",
        "seed = 0.5",
        "standard_conforming_strings = off",
        "search_path = ''",
        "search_path = 'one', 'Two, three', '\"four\"'",
        "app.text = 'back\\slash and ''quote'''"
      })
  @DisplayName("settings are written down for the clone, and never take effect in our session")
  void copiesAnySetting(String setting) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.sql("ALTER ROLE \"%s\" IN DATABASE template1 SET %s".formatted(bed.user, setting));

      String token = bed.abandonAfter(Step.SET);

      assertThat(settings(bed, bed.user + "_clone"))
          .isEqualTo(settings(bed, bed.user))
          .isNotEqualTo("no row");
      bed.run(Step.TEST, token);
      bed.run(Step.FINISH, token);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b",
        "public,pg_catalog",
        "Public",
        "\"$user\",public",
        " public ",
        "",
        "\"A b\",c"
      })
  @DisplayName("a list that was stored as somebody wrote it is the same list")
  void comparesListsAndNotTheirSpelling(String path) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.sql(
          "SELECT set_config('search_path', '%s', false)".formatted(path),
          "ALTER ROLE \"%s\" SET search_path FROM CURRENT".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "IN DATABASE postgres"})
  @DisplayName("an original that acts as nobody else: its clone acts as the original all the same")
  void actsAsTheOriginalThatActsAsNobody(String where) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.sql("ALTER ROLE \"%s\" %s SET role TO NONE".formatted(bed.user, where));

      bed.rotate();

      try (Connection clone = bed.connect(bed.current())) {
        assertThat(TestBed.ask(clone, "SELECT current_user")).isEqualTo(bed.user);
      }
    }
  }

  @Test
  @DisplayName("takeover: a membership that confers nothing is no consent of the original")
  void needsAMembershipThatMayActAsTheOriginal() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String clone = bed.user + "_clone";
      bed.createUser(clone, "own");
      bed.sql("GRANT \"%s\" TO \"%s\" WITH INHERIT FALSE, SET FALSE".formatted(bed.user, clone));
      bed.store(bed.current().with("username", clone).with("password", "own"));
      bed.store(bed.current().with("note", "so that AWSPREVIOUS is the clone too"));
      bed.sql("ALTER ROLE \"%s\" PASSWORD 'unchanged'".formatted(bed.user));
      String before = bed.verifier(bed.user);

      assertThatThrownBy(bed::rotate).hasMessageContaining("that may act as it");
      assertThat(bed.verifier(bed.user)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("takeover: a clone that is still a member of the user who once had the name")
  void refusesACloneOfSomebodyElse() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();
      bed.rotate();
      bed.sql("ALTER ROLE \"%1$s\" RENAME TO \"%1$s_old\"".formatted(bed.user));
      bed.createUser(bed.user, bed.current().text("password"));

      assertThatThrownBy(bed::rotate).hasMessageContaining("is a member of another user");
    }
  }

  @Test
  void keepsWhatAnAdministratorHasNotedAtTheClone() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();
      bed.sql("COMMENT ON ROLE \"%s_clone\" IS 'owner: Jane'".formatted(bed.user));

      bed.rotate();
      bed.rotate();

      assertThat(
              bed.ask(
                  "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = '%s_clone'"
                      .formatted(bed.user)))
          .isEqualTo("owner: Jane\nkeyturn: clone of " + bed.user);
    }
  }

  @Test
  @DisplayName("takeover: who can make a role v and grant it to v_clone does not get v_clone")
  void needsTheConsentOfAnExistingClone() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      String victim = bed.user + "_clone";
      bed.createUser(victim, "unchanged");
      bed.sql(
          "GRANT pg_read_all_data TO \"%s\"".formatted(victim),
          "GRANT \"%s\" TO \"%s\"".formatted(bed.user, victim));
      String before = bed.verifier(victim);

      assertThatThrownBy(bed::rotate).hasMessageContaining("no pair and nothing was changed");
      assertThat(bed.verifier(victim)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("the rotated secret's ssl=false does not switch TLS off for the superuser")
  void keepsTlsForTheSuperuser() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server, secret -> secret.put("ssl", false))) {
      bed.rotate();

      assertThat(
              bed.ask(
                  "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      + " WHERE usename = 'postgres' AND application_name = 'keyturn'"))
          .isEqualTo("t");
    }
  }

  @Test
  @DisplayName("a lock that anybody can take does not stop a rotation")
  void waitsForAForeignLockOnlyAMoment() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server);
        Connection nuisance = bed.connect(bed.current())) {
      TestBed.ask(
          nuisance,
          "SELECT pg_advisory_lock(hashtext('keyturn'), hashtext('%s'))".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("a role that another transaction holds is a conflict, and is named as one")
  void namesAHeldRole() throws Exception {
    try (TestBed bed = TestBed.singleUser(server);
        Connection administrator =
            bed.connect(
                bed.current()
                    .with("username", server.superuser())
                    .with("password", server.superuserPassword()))) {
      administrator.setAutoCommit(false);
      execute(administrator, "ALTER ROLE \"%s\" CONNECTION LIMIT 7".formatted(bed.user));

      assertThatThrownBy(bed::rotate).hasMessageContaining("CONFLICT");

      administrator.rollback();
    }
  }

  @Test
  void healsACloneThatMayNotLogInThroughTheOriginal() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      SecretDocument original = bed.current();
      bed.rotate();
      bed.rotate();
      bed.rotate();
      bed.sql("ALTER ROLE \"%s_clone\" NOLOGIN".formatted(bed.user));
      assertThat(bed.logsIn(original)).isFalse();

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  private static String settings(TestBed bed, String role) {
    return bed.ask(
        """
        SELECT array_to_string(setconfig, ';')
        FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = setrole
        JOIN pg_database d ON d.oid = setdatabase
        WHERE rolname = '%s' AND datname = 'template1'
        """
            .formatted(role));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.testkit.server.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What would make a change fail, or be lost, is named before anything is changed. */
class PostgresPreflightTest {

  /** An own server: it gets roles with the names that only RDS has. */
  private static PostgresServer server;

  @BeforeAll
  static void start() {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void namesRdsIam() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      createRole(bed, "rds_iam");
      bed.sql("GRANT rds_iam TO \"%s\"".formatted(bed.user));

      assertRefused(bed, "REVOKE rds_iam");
    }
  }

  @Test
  void namesRdsIamOfTheOriginal() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      createRole(bed, "rds_iam");
      bed.sql("GRANT rds_iam TO \"%s\"".formatted(bed.user));

      assertRefused(bed, "REVOKE rds_iam");
    }
  }

  @Test
  void namesRdsPassword() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      createRole(bed, "rds_password");
      bed.sql("ALTER ROLE \"%s\" SET rds.restrict_password_commands = 'on'".formatted(bed.user));

      assertRefused(bed, "GRANT rds_password");

      bed.sql("GRANT rds_password TO \"%s\"".formatted(bed.user));
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("an original whose VALID UNTIL is over, while its clone still logs in")
  void namesAnExpiredUser() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.rotate();
      bed.sql("ALTER ROLE \"%s\" VALID UNTIL '2020-01-01'".formatted(bed.user));

      assertThatThrownBy(bed::rotate).hasMessageContaining("VALID UNTIL is over");
    }
  }

  @Test
  void namesAReadReplica() throws Exception {
    try (PostgresServer primary = PostgresServer.start();
        TestBed bed = TestBed.singleUser(primary);
        PostgresServer replica = primary.standby()) {
      bed.store(bed.current().with("port", String.valueOf(replica.port())));

      assertRefused(bed, "let 'host' name the primary");
    }
  }

  @Test
  void namesAReadReplicaForAlternatingUsers() throws Exception {
    try (PostgresServer primary = PostgresServer.start();
        TestBed bed = TestBed.alternatingUsers(primary);
        PostgresServer replica = primary.standby()) {
      String port = String.valueOf(replica.port());
      bed.store(bed.current().with("port", port));
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET,
          io.github.keyturn.Secret.of(
              bed.database(primary.superuser(), primary.superuserPassword().reveal())
                  .put("port", port)
                  .toString()));

      assertRefused(bed, "let 'host' name the primary");
    }
  }

  @Test
  void namesAnRdsProxy() throws Exception {
    String proxy = "orders.proxy-c1abcdefghij.eu-west-1.rds.amazonaws.com";
    for (TestBed bed :
        List.of(
            TestBed.singleUser(server, secret -> secret.put("host", proxy)),
            TestBed.alternatingUsers(server, secret -> secret.put("host", proxy)))) {
      try (bed) {
        assertRefused(bed, "RDS Proxy");
      }
    }
  }

  @Test
  void namesAUserThatMayNotLogIn() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.sql("ALTER ROLE \"%s\" NOLOGIN".formatted(bed.user));

      assertRefused(bed, "ALTER ROLE … LOGIN");
    }
  }

  @Test
  void namesAFullServer() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.sql("ALTER ROLE \"%s\" CONNECTION LIMIT 0".formatted(bed.user));

      assertThatThrownBy(bed::rotate).hasMessageContaining("THROTTLED");
    }
  }

  @Test
  void namesAMissingRightToTheDatabase() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String database = "d" + bed.user;
      bed.sql(
          "CREATE DATABASE \"%s\"".formatted(database),
          "REVOKE CONNECT ON DATABASE \"%s\" FROM PUBLIC".formatted(database));
      bed.store(bed.current().with("dbname", database));

      assertThatThrownBy(bed::rotate).hasMessageContaining("PRIVILEGE");
    }
  }

  @Test
  void namesASuperuserWithoutCreaterole() throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      bed.createUser("weak" + bed.user, "weak");
      bed.secrets.putSecretValue(
          TestBed.SUPERUSER_SECRET,
          io.github.keyturn.Secret.of(bed.database("weak" + bed.user, "weak").toString()));

      assertThatThrownBy(bed::rotate).hasMessageContaining("no CREATEROLE");
    }
  }

  private static void createRole(TestBed bed, String name) {
    bed.sql(
        "DO $$ BEGIN CREATE ROLE %s; EXCEPTION WHEN duplicate_object THEN END $$".formatted(name));
  }

  private static void assertRefused(TestBed bed, String hint) {
    String before = bed.verifier(bed.user);
    assertThatThrownBy(bed::rotate).hasMessageContaining(hint);
    assertThat(bed.verifier(bed.user)).isEqualTo(before);
  }
}

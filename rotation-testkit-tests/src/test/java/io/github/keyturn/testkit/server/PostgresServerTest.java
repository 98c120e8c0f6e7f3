package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.keyturn.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class PostgresServerTest {

  private final PostgresServer shared;

  PostgresServerTest(PostgresServer shared) {
    this.shared = shared;
  }

  @Test
  void acceptsTheSuperusersPassword() throws Exception {
    assertThat(Client.ask(shared, "SELECT current_user")).isEqualTo("postgres");
  }

  @Test
  void refusesAnyOtherPassword() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () -> Client.connect(shared, Secret.of("wrong"), "prefer", shared.caBundle()).close())
        .returns("28P01", SQLException::getSQLState);
  }

  @Test
  void storesPasswordsAsScramVerifiers() throws Exception {
    assertThat(Client.ask(shared, "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'"))
        .startsWith("SCRAM-SHA-256$")
        .doesNotContain(shared.superuserPassword().reveal());
  }

  @Test
  void showsACertificateThatStandsUpToVerification() throws Exception {
    try (Connection connection = Client.verified(shared, shared.caBundle())) {
      assertThat(Client.ask(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
          .isEqualTo("t");
    }
  }

  @Test
  void isNotBelievedByTheWordOfAnotherCa() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> Client.verified(shared, shared.untrustedCaBundle()).close())
        .withStackTraceContaining("PKIX path");
  }

  @Test
  void logsEveryStatementOfTheSharedServer() throws Exception {
    Client.ask(shared, "SELECT 'a needle'");

    assertThat(shared.log()).contains("SELECT 'a needle'");
  }

  @Test
  void refusesTlsWhenItIsPlaintextOnly() throws Exception {
    try (PostgresServer server = PostgresServer.plaintextOnly()) {
      assertThat(Client.ask(server, "SHOW ssl")).isEqualTo("off");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> Client.verified(server, server.caBundle()).close())
          .withMessageContaining("SSL");
    }
  }

  @Test
  void takesSettingsAsTheyAreWritten() throws Exception {
    try (PostgresServer server =
        PostgresServer.start(Map.of("cluster_name", "it's a \\ test", "work_mem", "5MB"))) {
      assertThat(Client.ask(server, "SHOW cluster_name")).isEqualTo("it's a \\ test");
      assertThat(Client.ask(server, "SHOW work_mem")).isEqualTo("5MB");
    }
  }

  @Test
  void returnsFromAnOutageOnTheSamePortWithItsData() throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      int port = server.port();
      Client.execute(server, "CREATE ROLE survivor");

      server.stop();
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> Client.connect(server).close())
          .returns("08001", SQLException::getSQLState);

      server.restart();
      assertThat(server.port()).isEqualTo(port);
      assertThat(Client.ask(server, "SELECT count(*) FROM pg_roles WHERE rolname = 'survivor'"))
          .isEqualTo("1");
    }
  }

  @Test
  void keepsServersApart() throws Exception {
    try (PostgresServer other = PostgresServer.start()) {
      assertThat(other.port()).isNotEqualTo(shared.port());
      assertThat(other.superuserPassword()).isNotEqualTo(shared.superuserPassword());
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(
              () ->
                  Client.connect(other, shared.superuserPassword(), "prefer", other.caBundle())
                      .close())
          .returns("28P01", SQLException::getSQLState);
    }
  }

  @Test
  void hasAStandbyThatFollowsAndRefusesToWrite() throws Exception {
    try (PostgresServer primary = PostgresServer.start();
        PostgresServer standby = primary.standby()) {
      Client.execute(primary, "CREATE ROLE followed");

      assertThat(Client.ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
      assertThat(arrives(standby, "SELECT count(*) FROM pg_roles WHERE rolname = 'followed'"))
          .isTrue();
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> Client.execute(standby, "CREATE ROLE refused"))
          .returns("25006", SQLException::getSQLState);
    }
  }

  private static boolean arrives(PostgresServer standby, String count) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (Instant.now().isBefore(end)) {
      if (Client.ask(standby, count).equals("1")) {
        return true;
      }
      Thread.sleep(20);
    }
    return false;
  }

  @Test
  void leavesNothingBehind() throws Exception {
    PostgresServer server = PostgresServer.start();
    Path folder = server.folder();
    assertThat(folder).isNotEmptyDirectory();

    server.close();
    server.close();

    assertThat(folder).doesNotExist();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () ->
                Client.connect(server, server.superuserPassword(), "prefer", shared.caBundle())
                    .close())
        .returns("08001", SQLException::getSQLState);
  }

  @Test
  void namesTheServersOwnWordsWhenItDoesNotStart() {
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> PostgresServer.start(Map.of("no_such_setting", "1")))
        .withStackTraceContaining("unrecognized configuration parameter \"no_such_setting\"");
  }
}

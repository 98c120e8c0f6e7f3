package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.keyturn.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a MySQL and a MariaDB have to show. */
@ExtendWith(TestServers.class)
abstract class MysqlProtocolServerBehaviour {

  private static final int ACCESS_DENIED = 1045;
  private static final String NO_CONNECTION = "08S01";

  private final MysqlProtocolServer shared;

  MysqlProtocolServerBehaviour(MysqlProtocolServer shared) {
    this.shared = shared;
  }

  abstract MysqlProtocolServer start(Map<String, String> settings);

  abstract MysqlProtocolServer plaintextOnly();

  @Test
  void acceptsTheSuperusersPassword() throws Exception {
    assertThat(MysqlClient.ask(shared, "SELECT CURRENT_USER()")).isEqualTo("root@%");
  }

  @Test
  void refusesAnyOtherPassword() {
    assertRefused(shared, "root", Secret.of("wrong"));
    assertRefused(shared, "root", Secret.of(""));
  }

  @Test
  void hasNoUserButTheSuperuser() throws Exception {
    assertRefused(shared, "anybody", Secret.of(""));
    assertThat(
            MysqlClient.ask(
                shared,
                "SELECT COUNT(*) FROM mysql.user WHERE user <> 'root' AND user NOT LIKE 'mysql.%'"
                    + " AND user <> 'mariadb.sys'"))
        .isEqualTo("0");
  }

  @Test
  void letsTheSuperuserGrantEverything() throws Exception {
    MysqlClient.execute(shared, "CREATE USER granted IDENTIFIED BY 'a password'");
    MysqlClient.execute(shared, "GRANT ALL ON *.* TO granted WITH GRANT OPTION");
    MysqlClient.execute(shared, "GRANT PROXY ON ''@'' TO granted WITH GRANT OPTION");
    MysqlClient.execute(shared, "DROP USER granted");
  }

  @Test
  void showsACertificateThatStandsUpToVerification() throws Exception {
    try (Connection connection = MysqlClient.verified(shared, shared.caBundle())) {
      assertThat(
              Client.ask(
                  connection,
                  "SELECT variable_value <> '' FROM %s.session_status WHERE variable_name = 'ssl_cipher'"
                      .formatted(statusSchema())))
          .isEqualTo("1");
    }
  }

  abstract String statusSchema();

  @Test
  void isNotBelievedByTheWordOfAnotherCa() {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> MysqlClient.verified(shared, shared.untrustedCaBundle()).close())
        .withStackTraceContaining("CertPathValidatorException");
  }

  @Test
  void logsEveryStatementOfTheSharedServer() throws Exception {
    try (Connection connection = MysqlClient.connect(shared)) {
      Client.ask(connection, "SELECT 'a needle'");
      // A statement is in the slow query log when the next one is answered.
      Client.ask(connection, "SELECT 1");
    }

    assertThat(shared.generalLog()).contains("SELECT 'a needle'");
    assertThat(shared.log()).containsSubsequence("SELECT 'a needle'", "SELECT 'a needle'");
  }

  @Test
  void refusesTlsWhenItIsPlaintextOnly() throws Exception {
    try (MysqlProtocolServer server = plaintextOnly()) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> MysqlClient.verified(server, server.caBundle()).close())
          .withStackTraceContaining("SSL Connection required, but not");
      try (Connection connection =
          MysqlClient.connect(
              server, "root", server.superuserPassword(), "DISABLED", server.caBundle())) {
        assertThat(Client.ask(connection, "SELECT CURRENT_USER()")).isEqualTo("root@%");
      }
    }
  }

  @Test
  void takesSettingsAsTheyAreWritten() throws Exception {
    try (MysqlProtocolServer server =
        start(Map.of("init_connect", "SET @said = 'it''s a \\\\ test'", "max_connections", "17"))) {
      assertThat(MysqlClient.ask(server, "SELECT @@init_connect"))
          .isEqualTo("SET @said = 'it''s a \\\\ test'");
      assertThat(MysqlClient.ask(server, "SELECT @@max_connections")).isEqualTo("17");
      assertThat(server.generalLog()).isEmpty();
    }
  }

  @Test
  void returnsFromAnOutageOnTheSamePortWithItsData() throws Exception {
    try (MysqlProtocolServer server = start(Map.of())) {
      int port = server.port();
      MysqlClient.execute(server, "CREATE USER survivor IDENTIFIED BY 'a password'");

      server.stop();
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> MysqlClient.connect(server).close())
          .returns(NO_CONNECTION, SQLException::getSQLState);

      server.restart();
      assertThat(server.port()).isEqualTo(port);
      assertThat(MysqlClient.ask(server, "SELECT COUNT(*) FROM mysql.user WHERE user = 'survivor'"))
          .isEqualTo("1");
    }
  }

  @Test
  void refusesToWriteWhileItIsReadOnly() throws Exception {
    try (MysqlProtocolServer server = start(Map.of())) {
      MysqlClient.execute(server, "CREATE USER bound IDENTIFIED BY 'a password'");
      MysqlClient.execute(server, "GRANT CREATE USER ON *.* TO bound");
      MysqlClient.execute(server, "SET GLOBAL read_only = ON");

      try (Connection bound =
              MysqlClient.connect(
                  server, "bound", Secret.of("a password"), "REQUIRED", server.caBundle());
          var statement = bound.createStatement()) {
        assertThatExceptionOfType(SQLException.class)
            .isThrownBy(() -> statement.execute("CREATE USER refused IDENTIFIED BY 'a password'"))
            .returns(1290, SQLException::getErrorCode);
      }
    }
  }

  @Test
  void keepsServersApart() throws Exception {
    try (MysqlProtocolServer other = start(Map.of())) {
      assertThat(other.port()).isNotEqualTo(shared.port());
      assertThat(other.superuserPassword()).isNotEqualTo(shared.superuserPassword());
      assertRefused(other, "root", shared.superuserPassword());
    }
  }

  @Test
  void keepsTheSuperusersPasswordToItself() throws Exception {
    String password;
    try (MysqlProtocolServer server =
        start(Map.of("general_log", "ON", "slow_query_log", "ON", "long_query_time", "0"))) {
      password = server.superuserPassword().reveal();
      MysqlClient.execute(server, "CREATE USER logged IDENTIFIED BY 'another password'");
      assertThat(server.generalLog()).containsPattern("CREATE USER '?logged");
      assertThat(
              ProcessHandle.allProcesses().flatMap(process -> process.info().arguments().stream()))
          .noneMatch(arguments -> String.join(" ", arguments).contains(password));
      try (Stream<Path> files = Files.walk(server.folder())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(file, ISO_8859_1)).as("%s", file).doesNotContain(password);
        }
      }
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    MysqlProtocolServer server = start(Map.of());
    Path folder = server.folder();
    Path caBundle = server.caBundle();
    assertThat(folder).isNotEmptyDirectory();

    server.close();
    server.close();

    assertThat(folder).doesNotExist();
    assertThat(server.caBundle()).as("asked for too late").isEqualTo(caBundle).doesNotExist();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () ->
                MysqlClient.connect(
                        server, "root", server.superuserPassword(), "REQUIRED", shared.caBundle())
                    .close())
        .returns(NO_CONNECTION, SQLException::getSQLState);
  }

  @Test
  void namesTheServersOwnWordsWhenItDoesNotStart() {
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> start(Map.of("no_such_setting", "1")))
        .withMessageContaining("did not start")
        .withMessageContaining("unknown variable 'no-such-setting=1'");
  }

  private static void assertRefused(MysqlProtocolServer server, String user, Secret password) {
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(
            () ->
                MysqlClient.connect(server, user, password, "REQUIRED", server.caBundle()).close())
        .returns(ACCESS_DENIED, SQLException::getErrorCode);
  }
}

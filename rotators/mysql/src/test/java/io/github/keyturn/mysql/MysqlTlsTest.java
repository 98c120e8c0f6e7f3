package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verified TLS is the default; everything else is asked for, or refused. */
@ExtendWith(TestServers.class)
class MysqlTlsTest {

  private final MysqlServer mysql;
  private final MariaDbServer mariadb;

  MysqlTlsTest(MysqlServer mysql, MariaDbServer mariadb) {
    this.mysql = mysql;
    this.mariadb = mariadb;
  }

  private MysqlProtocolServer server(EngineUnderTest engine) {
    return switch (engine) {
      case MYSQL -> mysql;
      case MARIADB -> mariadb;
    };
  }

  private static MysqlProtocolServer withoutTls(EngineUnderTest engine) {
    return switch (engine) {
      case MYSQL -> MysqlServer.plaintextOnly();
      case MARIADB -> MariaDbServer.plaintextOnly();
    };
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("without 'ssl' in the secret the connections are encrypted")
  void encryptsByDefault(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.sql("ALTER USER `%s` REQUIRE SSL".formatted(bed.user));

      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesACertificateOfAnotherAuthority(EngineUnderTest engine) throws Exception {
    MysqlProtocolServer server = server(engine);
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(
          Map.of(
              "TLS_CA_BUNDLE", server.untrustedCaBundle().toString(), "ALLOW_PLAINTEXT", "true"));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS:")
          .hasMessageContaining("TLS_CA_BUNDLE");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("without TLS_CA_BUNDLE the JVM's authorities decide, and nothing vouches for itself")
  void refusesAnUnknownAuthority(EngineUnderTest engine) throws Exception {
    try (TestBed bed = TestBed.singleUser(server(engine))) {
      bed.coldStart(Map.of("TLS_CA_BUNDLE", ""));

      assertThatThrownBy(bed::rotate).hasMessageContaining("TLS:");
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesACertificateOfAnotherHost(EngineUnderTest engine) throws Exception {
    Map<String, String> everywhere = Map.of("bind_address", "0.0.0.0");
    try (MysqlProtocolServer server =
            engine == EngineUnderTest.MYSQL
                ? MysqlServer.start(everywhere)
                : MariaDbServer.start(everywhere);
        TestBed bed = TestBed.singleUser(server, secret -> secret.put("host", "127.0.0.2"))) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS:")
          .hasMessageContaining("'host' be a name that the certificate holds");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a bundle of several authorities, as RDS publishes them")
  void readsABundleOfManyAuthorities(EngineUnderTest engine, @TempDir Path folder)
      throws Exception {
    MysqlProtocolServer server = server(engine);
    Path bundle = folder.resolve("bundle.pem");
    Files.writeString(
        bundle, Files.readString(server.untrustedCaBundle()) + Files.readString(server.caBundle()));
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(Map.of("TLS_CA_BUNDLE", bundle.toString())).rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAServerWithoutTls(EngineUnderTest engine) throws Exception {
    try (MysqlProtocolServer server = withoutTls(engine);
        TestBed bed = TestBed.singleUser(server)) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS:")
          .hasMessageContaining("does not support TLS");

      bed.coldStart(
          Map.of("ALLOW_PLAINTEXT", "true", MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL, "true"));
      bed.rotate();
      assertThat(bed.log.toString()).contains("WITHOUT TLS");
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("ssl=true is never weakened by ALLOW_PLAINTEXT")
  void insistsOnTls(EngineUnderTest engine) throws Exception {
    try (MysqlProtocolServer server = withoutTls(engine);
        TestBed bed = TestBed.singleUser(server, secret -> secret.put("ssl", true))) {
      bed.coldStart(Map.of("ALLOW_PLAINTEXT", "true"));

      assertThatThrownBy(bed::rotate).hasMessageContaining("TLS:");
    }
  }

  @Test
  @DisplayName("caching_sha2_password without TLS: no key is fetched from whoever answers")
  void refusesCachingSha2WithoutTls() throws Exception {
    try (TestBed bed = TestBed.singleUser(mysql, secret -> secret.put("ssl", false))) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS:")
          .hasMessageContaining("caching_sha2_password")
          .hasMessageContaining(MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL);
      assertThat(bed.log.toString()).contains("without TLS: the secret says ssl=false");

      bed.coldStart(Map.of(MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL, "true")).rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("mysql_native_password without TLS needs no key")
  void rotatesNativePasswordsWithoutTls() throws Exception {
    try (TestBed bed = TestBed.singleUser(mariadb, secret -> secret.put("ssl", false))) {
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("require_secure_transport and ssl=false: the error says what to remove")
  void reportsAServerThatInsists() throws Exception {
    for (MysqlProtocolServer insisting :
        List.of(
            MysqlServer.start(Map.of("require_secure_transport", "ON")),
            MariaDbServer.start(Map.of("require_secure_transport", "ON")))) {
      try (insisting;
          TestBed bed = TestBed.singleUser(insisting, secret -> secret.put("ssl", false))) {
        assertThatThrownBy(bed::rotate)
            .hasMessageContaining("TLS:")
            .hasMessageContaining("remove ssl=false");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("the rotated secret's ssl=false does not switch TLS off for the superuser")
  void keepsTlsForTheSuperuser(EngineUnderTest engine) throws Exception {
    MysqlProtocolServer server = server(engine);
    try (TestBed bed =
        TestBed.alternatingUsers(server, (ObjectNode secret) -> secret.put("ssl", false))) {
      String before = server.generalLog();
      bed.coldStart(Map.of(MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL, "true")).rotate();

      String log = server.generalLog().substring(before.length());
      assertThat(log.lines().filter(line -> line.contains("\t") && line.contains("root@")))
          .isNotEmpty()
          .allMatch(line -> line.contains("using SSL/TLS"));
    }
  }

  @Test
  @DisplayName("an IPv6 address, where the certificate names it")
  void connectsByIpv6() throws Exception {
    try (TestBed bed = TestBed.singleUser(mysql, secret -> secret.put("host", "::1"))) {
      // the server listens on IPv4 only: what counts is that the address is understood
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("NETWORK")
          .hasMessageContaining("[::1]:" + mysql.port());
    }
  }
}

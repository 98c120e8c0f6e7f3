package io.github.keyturn.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestServers.class)
class PostgresTlsTest {

  private final PostgresServer server;

  PostgresTlsTest(PostgresServer server) {
    this.server = server;
  }

  @Test
  @DisplayName("no ssl in the secret: TLS with a verified certificate all the same")
  void usesTlsUnlessTold() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      String before = bed.verifier(bed.user);
      bed.coldStart(Map.of("TLS_CA_BUNDLE", server.untrustedCaBundle().toString()));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("set TLS_CA_BUNDLE");
      assertThat(bed.verifier(bed.user)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("an untrusted certificate is never answered with plaintext, ALLOW_PLAINTEXT or not")
  void doesNotFallBackFromAnUntrustedCertificate() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(
          Map.of(
              "TLS_CA_BUNDLE", server.untrustedCaBundle().toString(), "ALLOW_PLAINTEXT", "true"));

      assertThatThrownBy(bed::rotate).hasMessageContaining("TLS: ");
    }
  }

  @Test
  @DisplayName(
      "without TLS_CA_BUNDLE the JVM's authorities decide, and they do not know this server")
  void verifiesByTheJvmsAuthoritiesWithoutABundle() throws Exception {
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(Map.of("TLS_CA_BUNDLE", ""));

      assertThatThrownBy(bed::rotate).hasMessageContaining("TLS: ");
    }
  }

  @Test
  @DisplayName("the bundle is read once, until it is another one")
  void noticesThatTheBundleWasReplaced(@TempDir Path folder) throws Exception {
    Path bundle = Files.copy(server.caBundle(), folder.resolve("ca.pem"));
    try (TestBed bed = TestBed.singleUser(server)) {
      bed.coldStart(Map.of("TLS_CA_BUNDLE", bundle.toString()));
      bed.rotate();

      Files.copy(server.untrustedCaBundle(), bundle, StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(bundle, FileTime.from(Instant.now().plusSeconds(60)));

      assertThatThrownBy(bed::rotate).hasMessageContaining("TLS: ");
    }
  }

  @Test
  void refusesACertificateOfAnotherName() throws Exception {
    try (TestBed bed = TestBed.singleUser(server, secret -> secret.put("host", "127.1"))) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("'host' be a name that the certificate holds");
    }
  }

  @Test
  void doesNotFallBackToPlaintext() throws Exception {
    try (PostgresServer plaintext = PostgresServer.plaintextOnly();
        TestBed bed = TestBed.singleUser(plaintext)) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("does not support TLS");

      bed.coldStart(Map.of("ALLOW_PLAINTEXT", "true"));
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.log).anyMatch(line -> line.contains("WITHOUT TLS"));

      bed.store(bed.current().with("ssl", "true"));
      assertThatThrownBy(bed::rotate).hasMessageContaining("does not support TLS");
    }
  }

  @Test
  @DisplayName("ssl=false is the secret owner's own choice, and logged")
  void connectsWithoutTlsIfTheSecretSaysSo() throws Exception {
    try (TestBed bed = TestBed.singleUser(server, secret -> secret.put("ssl", false))) {
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.log).anyMatch(line -> line.contains("without TLS: the secret says ssl=false"));
    }
  }
}

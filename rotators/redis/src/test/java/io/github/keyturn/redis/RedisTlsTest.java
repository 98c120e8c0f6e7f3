package io.github.keyturn.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisTlsTest {

  private static RedisServer server;
  private static RedisServer plaintext;

  @BeforeAll
  static void start() {
    server = RedisServer.builder().tls().setting("bind", "127.0.0.1 127.0.0.2").start();
    plaintext = RedisServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
    plaintext.close();
  }

  private static TestBed bed(RedisServer of, Consumer<ObjectNode> edit) {
    TestBed bed =
        TestBed.user(
            List.of(of),
            secret -> {
              secret.remove("ssl");
              edit.accept(secret);
            });
    return bed.coldStart(Map.of("TLS_CA_BUNDLE", server.caBundle().toString()));
  }

  private static TestBed bed(RedisServer of) {
    return bed(of, secret -> {});
  }

  @Test
  @DisplayName("no ssl in the secret: TLS with a verified certificate all the same")
  void usesTlsUnlessTold() throws Exception {
    try (TestBed bed = bed(server)) {
      bed.rotate();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  @DisplayName("an untrusted certificate is never answered with plaintext, ALLOW_PLAINTEXT or not")
  void refusesAnUntrustedCertificate(String allowPlaintext) throws Exception {
    try (TestBed bed = bed(server)) {
      Set<String> before = bed.hashes(server);
      bed.coldStart(
          Map.of(
              "TLS_CA_BUNDLE",
              server.untrustedCaBundle().toString(),
              "ALLOW_PLAINTEXT",
              allowPlaintext));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("set TLS_CA_BUNDLE");
      assertThat(bed.hashes(server)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName(
      "without TLS_CA_BUNDLE the JVM's authorities decide, and they do not know this server")
  void verifiesByTheJvmsAuthoritiesWithoutABundle() throws Exception {
    try (TestBed bed = bed(server).coldStart(Map.of())) {
      assertThatThrownBy(bed::rotate).hasMessageContaining("TLS: ");
    }
  }

  @Test
  void refusesACertificateOfAnotherName() throws Exception {
    try (TestBed bed = bed(server, secret -> secret.put("host", "127.0.0.2"))) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("let the certificate hold the node's announced name or address");
    }
  }

  @Test
  void refusesABundleWithoutCertificates() throws Exception {
    try (TestBed bed = bed(server)) {
      bed.coldStart(Map.of("TLS_CA_BUNDLE", server.usersFile().toString()));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("MISCONFIGURED: TLS_CA_BUNDLE is ")
          .hasMessageContaining("certificates in PEM form");
    }
  }

  @ParameterizedTest
  @CsvSource({", false", "true, false", "true, true"})
  @DisplayName("a server without TLS is refused, whatever ALLOW_PLAINTEXT says if ssl is true")
  void doesNotFallBackToPlaintext(@Nullable String ssl, String allowPlaintext) throws Exception {
    try (WithoutTls stub = new WithoutTls();
        TestBed bed = bed(plaintext, secret -> secret.put("port", stub.port()).put("ssl", ssl))) {
      bed.coldStart(Map.of("ALLOW_PLAINTEXT", allowPlaintext));

      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("TLS: ")
          .hasMessageContaining("does not support TLS");
    }
  }

  @Test
  @DisplayName(
      "no ssl in the secret and ALLOW_PLAINTEXT: without TLS where there is none, and logged")
  void allowsPlaintextForMigrations() throws Exception {
    try (TestBed bed = bed(plaintext).coldStart(Map.of("ALLOW_PLAINTEXT", "true"));
        TestBed secure = bed(server)) {
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.log).anyMatch(line -> line.contains("WITHOUT TLS"));

      secure.coldStart(
          Map.of("ALLOW_PLAINTEXT", "true", "TLS_CA_BUNDLE", server.caBundle().toString()));
      secure.rotate();
      assertThat(secure.logsIn(secure.current())).isTrue();
      assertThat(secure.log).noneMatch(line -> line.contains("WITHOUT TLS"));
    }
  }

  /** Answers a handshake at once; a real server may wait for the end of the command. */
  private static final class WithoutTls implements AutoCloseable {

    private final ServerSocket door;

    WithoutTls() throws IOException {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(this::answer, "without TLS");
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return door.getLocalPort();
    }

    private void answer() {
      while (!door.isClosed()) {
        try (Socket client = door.accept()) {
          client.getInputStream().read();
          client.getOutputStream().write("-ERR unknown command\r\n".getBytes(US_ASCII));
          client.shutdownOutput();
          client.getInputStream().readAllBytes();
        } catch (IOException e) {
          // the client, or the test, has gone
        }
      }
    }

    @Override
    public void close() throws IOException {
      door.close();
    }
  }

  @Test
  @DisplayName("ssl=false is the secret owner's own choice, and logged")
  void connectsWithoutTlsIfTheSecretSaysSo() throws Exception {
    try (TestBed bed = bed(plaintext, secret -> secret.put("ssl", false))) {
      bed.rotate();

      assertThat(bed.log).anyMatch(line -> line.contains("without TLS: the secret says ssl=false"));
    }
  }

  @Test
  void saysWhatItIsWhenPlaintextMeetsTls() throws Exception {
    try (TestBed bed = bed(server, secret -> secret.put("ssl", false))) {
      assertThatThrownBy(bed::rotate)
          .hasMessageContaining("as a server does that wants TLS and gets plaintext");
    }
  }

  @Test
  @DisplayName("a server that wants a certificate of its clients: said how to go without")
  void namesClientCertificates() throws Exception {
    try (RedisServer mutual =
            RedisServer.builder().tls().setting("tls-auth-clients", "yes").start();
        TestBed bed =
            TestBed.existingUser(List.of(mutual), "app", secret -> secret.put("ssl", true))) {
      bed.coldStart(Map.of("TLS_CA_BUNDLE", server.caBundle().toString()));
      String token = bed.abandonAfter(Step.CREATE);

      assertThatThrownBy(() -> bed.run(Step.SET, token)).hasMessageContaining("tls-auth-clients");
    }
  }

  @Test
  @DisplayName("nodes of a cluster that no certificate names are known by the secret's host")
  void verifiesDiscoveredNodesByTheNameOfTheSecret() throws Exception {
    try (RedisDeployment cluster =
        RedisDeployment.cluster(
            node ->
                node.tls()
                    .setting("tls-cluster", "yes")
                    .setting("tls-replication", "yes")
                    .setting("bind", "127.0.0.1 127.0.0.2")
                    .setting("cluster-announce-ip", "127.0.0.2"))) {
      try (TestBed bed =
          TestBed.user(
              cluster.nodes(), secret -> secret.put("host", "localhost").put("ssl", true))) {
        bed.coldStart(Map.of("TLS_CA_BUNDLE", server.caBundle().toString()));

        bed.rotate();
        bed.rotate();

        assertThat(bed.logsIn(bed.current())).isTrue();
        assertThat(bed.logsIn(bed.previous())).isTrue();

        // a name that leads there, and that no certificate holds either
        bed.store(bed.current().with("host", "127.0.0.2"));
        assertThatThrownBy(bed::rotate).hasMessageContaining("TLS: ");
      }
    }
  }
}

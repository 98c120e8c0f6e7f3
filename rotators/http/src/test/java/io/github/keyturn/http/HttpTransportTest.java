package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.RotationException.Reason.TLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTransportTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final SecretDocument SECRET = SecretDocument.parse(Secret.of("{}"));

  // Where requests go

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.170.2",
        "fe80::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "127.0.0.1",
        "::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "::169.254.169.254",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b::",
        "::ffff:0:a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001:0:a00:1::5601:5601"
      })
  @DisplayName("A name that leads to the metadata service, or to this machine, is not followed")
  void neverCallsWhatOnlyTheFunctionCanReach(String address) throws Exception {
    RotationException refusal = refusalOf("https://api.example.com", address);

    assertThat(refusal.reason()).isEqualTo(MISCONFIGURED);
    assertThat(refusal)
        .hasMessageContaining("api.example.com leads to")
        .hasMessageContaining("where no provider is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "192.168.1.1", "fd12:3456::1", "203.0.113.1"})
  @DisplayName("A provider may be one's own, at a private address")
  void callsPrivateAddresses(String address) throws Exception {
    Addresses.requireAllowed(URI.create("https://gitlab.internal"), host -> addresses(address));
  }

  @Test
  void looksAtAllAddresses() {
    RotationException refusal = refusalOf("https://api.example.com", "203.0.113.1", "169.254.1.1");

    assertThat(refusal).hasMessageContaining("leads to 169.254.1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"})
  void callsThisMachineWhereTheDefinitionSaysSo(String origin) throws Exception {
    Addresses.requireAllowed(URI.create(origin), InetAddress::getAllByName);
  }

  private static RotationException refusalOf(String origin, String... addresses) {
    HttpTransport transport =
        new HttpTransport(
            new HttpTransport.Setup(
                Optional.empty(), host -> addresses(addresses), HttpTransport.Origins.REAL));
    return catchThrowableOfType(
        RotationException.class, () -> get(transport, URI.create(origin), PATIENCE));
  }

  private static InetAddress[] addresses(String... texts) throws UnknownHostException {
    InetAddress[] addresses = new InetAddress[texts.length];
    for (int i = 0; i < texts.length; i++) {
      addresses[i] = InetAddress.getByName(texts[i]);
    }
    return addresses;
  }

  // TLS

  @Test
  void believesTheAuthoritiesThatItIsGiven(@TempDir Path folder) throws Exception {
    try (TlsServer server = TlsServer.start(folder)) {
      URI origin = URI.create("https://localhost:" + server.port());

      assertThat(get(trusting(server.certificate()), origin, PATIENCE).status()).isEqualTo(200);
    }
  }

  @Test
  void believesNoOthers(@TempDir Path folder) throws Exception {
    try (TlsServer server = TlsServer.start(folder)) {
      URI origin = URI.create("https://localhost:" + server.port());

      RotationException failure =
          catchThrowableOfType(RotationException.class, () -> get(plain(), origin, PATIENCE));

      assertThat(failure.reason()).isEqualTo(TLS);
      assertThat(failure).hasMessageContaining("set TLS_CA_BUNDLE to its authority's certificate");
    }
  }

  @Test
  void comparesTheHostName(@TempDir Path folder) throws Exception {
    try (TlsServer server = TlsServer.start(folder)) {
      URI origin = URI.create("https://127.0.0.1:" + server.port());

      RotationException failure =
          catchThrowableOfType(
              RotationException.class, () -> get(trusting(server.certificate()), origin, PATIENCE));

      assertThat(failure.reason()).isEqualTo(TLS);
    }
  }

  @Test
  void wantsAFileOfCertificates(@TempDir Path folder) throws Exception {
    Path noCertificates = Files.writeString(folder.resolve("ca.pem"), "hello");

    assertThat(catchThrowableOfType(RotationException.class, () -> Trust.in(noCertificates)))
        .hasMessageContaining("is no PEM file of certificates");
  }

  // Servers that do not answer as they should

  @Test
  void tellsAnUnknownHost() {
    HttpTransport transport =
        new HttpTransport(
            new HttpTransport.Setup(
                Optional.empty(),
                host -> {
                  throw new UnknownHostException(host);
                },
                HttpTransport.Origins.REAL));

    RotationException failure =
        catchThrowableOfType(
            RotationException.class,
            () -> get(transport, URI.create("https://api.example.com"), PATIENCE));

    assertThat(failure.reason()).isEqualTo(NETWORK);
    assertThat(failure).hasMessageContaining("the host of https://api.example.com has no address");
  }

  @Test
  void tellsThatNobodyListens() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    RotationException failure =
        catchThrowableOfType(
            RotationException.class,
            () -> get(plain(), URI.create("http://127.0.0.1:" + port), PATIENCE));

    assertThat(failure.reason()).isEqualTo(NETWORK);
    assertThat(failure).hasMessageContaining("NAT gateway");
  }

  @Test
  void givesUpOnASilentServer() throws Exception {
    assertNetworkFailure("", "got no answer in time");
  }

  @Test
  @DisplayName("The time is for the whole answer, and not for its beginning")
  void givesUpOnAnAnswerWithoutAnEnd() throws Exception {
    assertNetworkFailure(
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"key\":", "got no answer in time");
  }

  private static void assertNetworkFailure(String beginning, String message) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Socket> client = answer(server, beginning);
      RotationException failure =
          catchThrowableOfType(
              RotationException.class,
              () ->
                  get(
                      plain(),
                      URI.create("http://127.0.0.1:" + server.getLocalPort()),
                      Duration.ofMillis(500)));

      assertThat(failure.reason()).isEqualTo(NETWORK);
      assertThat(failure).hasMessageContaining(message);
      client.join().close();
    }
  }

  @Test
  void tellsAnAnswerThatBreaksOff() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> client =
          answer(server, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
              .thenAccept(HttpTransportTest::close);

      RotationException failure =
          catchThrowableOfType(
              RotationException.class,
              () ->
                  get(plain(), URI.create("http://127.0.0.1:" + server.getLocalPort()), PATIENCE));

      assertThat(failure.reason()).isEqualTo(NETWORK);
      client.join();
    }
  }

  @Test
  void readsNoEndlessAnswer() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      CompletableFuture<Socket> client =
          answer(
              server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.repeat(40));

      RotationException failure =
          catchThrowableOfType(
              RotationException.class,
              () ->
                  get(plain(), URI.create("http://127.0.0.1:" + server.getLocalPort()), PATIENCE));

      assertThat(failure.reason()).isEqualTo(FAILED);
      assertThat(failure).hasMessageContaining("more than 2097152 bytes");
      client.join().close();
    }
  }

  private static CompletableFuture<Socket> answer(ServerSocket server, String text) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            Socket client = server.accept();
            OutputStream out = client.getOutputStream();
            out.write(text.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return client;
          } catch (IOException e) {
            throw new IllegalStateException("the client went away", e);
          }
        },
        task -> {
          Thread thread = new Thread(task, "server");
          thread.setDaemon(true);
          thread.start();
        });
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("the socket can't be closed", e);
    }
  }

  // Helpers

  private static HttpTransport plain() {
    return new HttpTransport(HttpTransport.Setup.of(Optional.empty(), HttpTransport.Origins.REAL));
  }

  private static HttpTransport trusting(Path certificate) {
    return new HttpTransport(
        HttpTransport.Setup.of(Optional.of(certificate), HttpTransport.Origins.REAL));
  }

  private static Answer get(HttpTransport transport, URI origin, Duration timeout)
      throws InterruptedException {
    return transport.send(
        HttpRequest.newBuilder(origin.resolve("/")).build(), origin, SECRET, "verify", timeout);
  }

  @Test
  void anAnswerShowsNothingOfItself() {
    assertThat(
            new Answer(200, Optional.empty(), java.util.List.of(), Optional.of(Map.of("key", "x"))))
        .hasToString("Answer[200]");
  }
}

package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrtHttpTest {

  private static final int TLS_1_2 = 0x0303;
  private static final int TLS_1_3 = 0x0304;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void offersNoVersionOfTlsThatIsBroken(boolean amazonOnly) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<List<Integer>> offer =
          CompletableFuture.supplyAsync(() -> ClientHello.read(server));
      URI url = URI.create("https://localhost:" + server.getLocalPort());

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  new CrtHttp(url, null, amazonOnly)
                      .post(Map.of(), new byte[0], Instant.now().plusSeconds(10)));

      assertThat(offer.get(10, TimeUnit.SECONDS)).containsOnly(TLS_1_2, TLS_1_3);
    }
  }

  @Test
  @DisplayName("A server that never comes to the end of its first message holds nobody up")
  void endsWithItsDeadlineWhenAHandshakeDrips() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> unused = CompletableFuture.runAsync(() -> drip(server));
      URI url = URI.create("https://localhost:" + server.getLocalPort());
      Instant start = Instant.now();

      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(
              () -> new CrtHttp(url, null).post(Map.of(), new byte[0], start.plusMillis(3_500)));

      assertThat(Instant.now()).isBefore(start.plusSeconds(20));
    }
  }

  /** Gives each client a byte a time of a record that is said to be long. */
  private static void drip(ServerSocket server) {
    List<Socket> clients = new ArrayList<>();
    try {
      server.setSoTimeout(200);
      while (!server.isClosed()) {
        try {
          Socket client = server.accept();
          client.getOutputStream().write(new byte[] {22, 3, 3, 0x3f, 0});
          clients.add(client);
        } catch (SocketTimeoutException e) {
          for (Socket client : clients) {
            client.getOutputStream().write(0);
          }
        }
      }
    } catch (IOException e) {
      // somebody has hung up
    }
  }

  /** A client's first words, see RFC 8446, 4.1.2. */
  private static final class ClientHello {

    private static final int RECORD_TYPE_AND_VERSION = 3;
    private static final int MESSAGE_TYPE_AND_LENGTH = 4;
    private static final int RANDOM = 32;
    private static final int SUPPORTED_VERSIONS = 43;

    /** The versions that it offers; says nothing and hangs up. */
    static List<Integer> read(ServerSocket server) {
      try (Socket socket = server.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        in.readNBytes(RECORD_TYPE_AND_VERSION);
        return versions(ByteBuffer.wrap(in.readNBytes(in.readUnsignedShort())));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private static List<Integer> versions(ByteBuffer hello) {
      skip(hello, MESSAGE_TYPE_AND_LENGTH);
      int highestBefore13 = hello.getShort();
      skip(hello, RANDOM);
      skip(hello, hello.get());
      skip(hello, hello.getShort());
      skip(hello, hello.get());
      hello.getShort();
      List<Integer> versions = new ArrayList<>();
      while (hello.hasRemaining()) {
        int extension = hello.getShort();
        ByteBuffer content = hello.slice().limit(hello.getShort() + 2).position(2);
        skip(hello, content.remaining());
        if (extension == SUPPORTED_VERSIONS) {
          content.get();
          while (content.hasRemaining()) {
            versions.add((int) content.getShort());
          }
        }
      }
      return versions.isEmpty() ? List.of(highestBefore13) : versions;
    }

    private static void skip(ByteBuffer hello, int bytes) {
      hello.position(hello.position() + bytes);
    }
  }
}

package io.github.keyturn.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.Secret;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may answer, byte by byte; real servers are in the other tests. */
class RedisConnectionTest {

  private static final RedisCommand PING = RedisCommand.of("PING");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void readsEveryKindOfReply() throws IOException {
    List<RedisReply> replies =
        answers(
            6,
            "+OK\r\n",
            "-NOPERM no right\r\n",
            ":42\r\n",
            "$7\r\nzwölf\n\r\n",
            "$-1\r\n",
            "*4\r\n$5\r\nflags\r\n*1\r\n$2\r\non\r\n$9\r\npasswords\r\n*0\r\n");

    assertThat(replies.get(0).text()).isEqualTo("OK");
    assertThat(replies.get(1))
        .isInstanceOfSatisfying(
            RedisReply.Refusal.class,
            refusal -> {
              assertThat(refusal.is("NOPERM")).isTrue();
              assertThat(refusal.is("NO")).isFalse();
            });
    assertThat(replies.get(2)).isEqualTo(new RedisReply.Whole(42));
    assertThat(replies.get(3).text()).isEqualTo("zwölf\n");
    assertThat(replies.get(4)).isEqualTo(new RedisReply.Nothing());
    Map<String, RedisReply> fields = replies.get(5).fields();
    assertThat(fields.keySet()).containsExactly("flags", "passwords");
    assertThat(fields)
        .containsEntry("flags", new RedisReply.Items(List.of(new RedisReply.Text("on"))));
  }

  @Test
  @DisplayName("a refusal within a transaction's reply is one of its items")
  void readsARefusalWithinAList() throws IOException {
    List<RedisReply> replies = answers(2, "*2\r\n+OK\r\n-ERR no\r\n", "-MOVED 1 a:2\r\n");

    assertThat(replies.get(0).items())
        .containsExactly(new RedisReply.Text("OK"), new RedisReply.Refusal("ERR no"));
    assertThat(replies.get(1)).isEqualTo(new RedisReply.Refusal("MOVED 1 a:2"));
  }

  @Test
  @DisplayName("a reply that comes in pieces is one reply")
  void readsAReplyInPieces() throws IOException {
    String reply = "*2\r\n$5\r\nhello\r\n:7\r\n";

    List<RedisReply> replies = answers(1, reply.split("(?<=.)"));

    assertThat(replies.get(0).items()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400 Bad Request\r\n",
        "\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "$-2\r\n",
        "*-7\r\n"
      })
  void refusesWhatIsNotRedis(String reply) {
    assertThatThrownBy(() -> answers(1, reply))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("not of the Redis protocol");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+O", "$5\r\nhel", "*2\r\n+OK\r\n"})
  void saysThatTheServerHungUp(String reply) {
    assertThatThrownBy(() -> answers(1, reply)).isInstanceOf(EOFException.class);
  }

  @Test
  void waitsNoLongerThanTold() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RedisConnection connection = connect(silent)) {
      assertThatThrownBy(() -> connection.call(Duration.ofMillis(1), List.of(PING)))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  @DisplayName("a command with a password shows its name alone")
  void showsNoArguments() {
    RedisCommand command = RedisCommand.of("CONFIG SET", "masterauth").and(Secret.of("a-password"));

    assertThat(command).hasToString("CONFIG SET");
    assertThat(new RedisReply.Items(List.of(new RedisReply.Text("a-password"))).toString())
        .doesNotContain("a-password");
  }

  private static List<RedisReply> answers(int commands, String... pieces) throws IOException {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RedisConnection connection = connect(door);
        Socket server = door.accept()) {
      Thread answer = new Thread(() -> write(server, pieces));
      answer.start();
      return connection.call(PATIENCE, Collections.nCopies(commands, PING));
    }
  }

  private static RedisConnection connect(ServerSocket door) throws IOException {
    return new RedisConnection(new Socket(InetAddress.getLoopbackAddress(), door.getLocalPort()));
  }

  private static void write(Socket server, String... pieces) {
    try {
      server.setTcpNoDelay(true);
      OutputStream out = server.getOutputStream();
      for (String piece : pieces) {
        out.write(piece.getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
      server.shutdownOutput();
    } catch (IOException e) {
      // the client has heard enough
    }
  }
}

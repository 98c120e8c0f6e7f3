package io.github.keyturn.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection in RESP2, the protocol that every server speaks until asked for another. A rotation
 * needs a dozen commands of it, so this is a tenth of a client; {@code docs/design.md} has what a
 * whole one would cost.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">Redis serialization
 *     protocol specification</a>
 */
final class RedisConnection implements AutoCloseable {

  // What no reply to our commands comes near to; a peer that says otherwise is no Redis.
  private static final int LONGEST_LINE = 1 << 16;
  private static final int LONGEST_TEXT = 1 << 26;
  private static final int MOST_ITEMS = 1 << 20;
  private static final int DEEPEST = 8;

  private final Socket socket;
  private final InputStream in;

  RedisConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends all commands in one write, and reads the reply to each. */
  List<RedisReply> call(Duration longestAnswer, List<RedisCommand> commands) throws IOException {
    socket.setSoTimeout((int) Math.max(1, longestAnswer.toMillis()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    commands.forEach(command -> command.writeTo(bytes));
    socket.getOutputStream().write(bytes.toByteArray());
    socket.getOutputStream().flush();
    List<RedisReply> replies = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      replies.add(read(0));
    }
    return replies;
  }

  private RedisReply read(int depth) throws IOException {
    String line = readLine();
    if (line.isEmpty() || depth > DEEPEST) {
      throw notRedis();
    }
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> new RedisReply.Text(rest);
      case '-' -> new RedisReply.Refusal(rest);
      case ':' -> new RedisReply.Whole(number(rest));
      case '$' -> readText(number(rest));
      case '*' -> readItems(number(rest), depth);
      default -> throw notRedis();
    };
  }

  private RedisReply readText(long length) throws IOException {
    if (length == -1) {
      return new RedisReply.Nothing();
    }
    byte[] bytes = in.readNBytes(limited(length, LONGEST_TEXT));
    if (bytes.length < length) {
      throw ended();
    }
    if (!readLine().isEmpty()) {
      throw notRedis();
    }
    return new RedisReply.Text(new String(bytes, StandardCharsets.UTF_8));
  }

  private RedisReply readItems(long count, int depth) throws IOException {
    if (count == -1) {
      return new RedisReply.Nothing();
    }
    int limited = limited(count, MOST_ITEMS);
    List<RedisReply> items = new ArrayList<>();
    for (int i = 0; i < limited; i++) {
      items.add(read(depth + 1));
    }
    return new RedisReply.Items(items);
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\r'; next = in.read()) {
      if (next < 0) {
        throw ended();
      }
      if (line.size() == LONGEST_LINE) {
        throw notRedis();
      }
      line.write(next);
    }
    if (in.read() != '\n') {
      throw notRedis();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static long number(String digits) throws IOException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw notRedis();
    }
  }

  private static int limited(long length, int most) throws IOException {
    if (length < 0 || length > most) {
      throw notRedis();
    }
    return (int) length;
  }

  private static IOException ended() {
    return new EOFException("the server closed the connection");
  }

  private static IOException notRedis() {
    return new ProtocolException("the answer is not of the Redis protocol");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // there is nobody left who would miss it
    }
  }
}

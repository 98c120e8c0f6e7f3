package io.github.keyturn.redis;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.PushConsumerChain;
import redis.clients.jedis.PushConsumerChainImpl;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;
import redis.clients.jedis.util.RedisOutputStream;
import redis.clients.jedis.util.SafeEncoder;

/**
 * A connection in RESP2, the protocol that every server speaks until asked for another. Jedis
 * writes the commands and reads the replies; the socket is ours, with the checks of {@link
 * RedisSockets}.
 */
final class RedisConnection implements AutoCloseable {

  /** Messages that nobody has asked for, which RESP2 does not have. */
  private static final PushConsumerChain NO_PUSHES = PushConsumerChainImpl.of();

  private final Socket socket;
  private final RedisInputStream in;
  private final RedisOutputStream out;

  RedisConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new RedisInputStream(new Answers(socket.getInputStream()));
    this.out = new RedisOutputStream(socket.getOutputStream());
  }

  /** Sends all commands before it reads the reply to each. */
  List<RedisReply> call(Duration longestAnswer, List<RedisCommand> commands) throws IOException {
    socket.setSoTimeout((int) Math.max(1, longestAnswer.toMillis()));
    List<@Nullable Object> answers = new ArrayList<>();
    try {
      commands.forEach(command -> Protocol.sendCommand(out, command.arguments()));
      out.flush();
      for (int i = 0; i < commands.size(); i++) {
        answers.add(read());
      }
    } catch (RuntimeException e) {
      // what is not of the protocol ends in exceptions of all kinds
      throw e.getCause() instanceof IOException failure
          ? failure
          : new ProtocolException("the answer is not of the Redis protocol");
    }
    return answers.stream().map(RedisConnection::reply).toList();
  }

  /** A refusal within a list is read as an object of that list. */
  private @Nullable Object read() {
    try {
      return Protocol.read(in, NO_PUSHES);
    } catch (JedisDataException refusal) {
      return refusal;
    }
  }

  private static RedisReply reply(@Nullable Object answer) {
    if (answer instanceof byte[] text) {
      return new RedisReply.Text(SafeEncoder.encode(text));
    }
    if (answer instanceof Long number) {
      return new RedisReply.Whole(number);
    }
    if (answer instanceof List<?> items) {
      return new RedisReply.Items(items.stream().map(RedisConnection::reply).toList());
    }
    if (answer instanceof JedisDataException refusal) {
      return new RedisReply.Refusal(String.valueOf(refusal.getMessage()));
    }
    return new RedisReply.Nothing();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // there is nobody left who would miss it
    }
  }

  /** Tells by its type that the server hung up; Jedis tells by a text. */
  private static final class Answers extends FilterInputStream {

    Answers(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count < 0) {
        throw new EOFException("the server closed the connection");
      }
      return count;
    }
  }
}

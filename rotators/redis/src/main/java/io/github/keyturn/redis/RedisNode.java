package io.github.keyturn.redis;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A connection to one server, and who is logged in there. */
final class RedisNode implements AutoCloseable {

  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

  private final String name;
  private final RedisAddress address;
  private final RedisConnection connection;
  private final Rotation rotation;
  private String username = RedisLogin.DEFAULT_USER;

  RedisNode(String name, RedisAddress address, RedisConnection connection, Rotation rotation) {
    this.name = name;
    this.address = address;
    this.connection = connection;
    this.rotation = rotation;
  }

  /**
   * The only command that carries the password of a user.
   *
   * @return whether the server accepts the login
   */
  boolean login(RedisLogin login) {
    RedisCommand auth = RedisCommand.of("AUTH", login.username()).and(login.password());
    RedisReply reply = ask(auth);
    if (reply instanceof RedisReply.Refusal refusal) {
      if (RedisErrors.isRefusedLogin(refusal)) {
        return false;
      }
      throw explain(refusal, auth);
    }
    username = login.username();
    return true;
  }

  /** The reply to a command that must not be refused. */
  RedisReply require(RedisCommand command) {
    return requireAll(List.of(command)).get(0);
  }

  /** The replies to commands of which none must be refused. */
  List<RedisReply> requireAll(List<RedisCommand> commands) {
    List<RedisReply> replies = askAll(commands);
    for (int i = 0; i < replies.size(); i++) {
      refuse(replies.get(i), commands.get(i));
    }
    return replies;
  }

  /** A refusal may be within the reply to EXEC. */
  private void refuse(RedisReply reply, RedisCommand command) {
    if (reply instanceof RedisReply.Refusal refusal) {
      throw explain(refusal, command);
    }
    reply.items().forEach(item -> refuse(item, command));
  }

  /** The reply to a command, refused or not. */
  RedisReply ask(RedisCommand command) {
    return askAll(List.of(command)).get(0);
  }

  /** The replies to commands that are sent at once. */
  List<RedisReply> askAll(List<RedisCommand> commands) {
    Duration left = rotation.timeLeft();
    try {
      return connection.call(left.compareTo(LONGEST_ANSWER) < 0 ? left : LONGEST_ANSWER, commands);
    } catch (IOException e) {
      throw RedisErrors.unreachable(e, name);
    }
  }

  /** A reply that must not be a refusal. */
  RedisReply accepted(RedisReply reply, RedisCommand command) {
    refuse(reply, command);
    return reply;
  }

  RotationException explain(RedisReply.Refusal refusal, RedisCommand command) {
    return RedisErrors.explain(refusal, name, username, command);
  }

  void log(String message) {
    rotation.log(message);
  }

  RedisAddress address() {
    return address;
  }

  /** What it is called in messages. */
  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    connection.close();
  }
}

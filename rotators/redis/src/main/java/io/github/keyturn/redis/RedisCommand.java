package io.github.keyturn.redis;

import io.github.keyturn.Secret;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.util.SafeEncoder;

/** A command with its arguments, of which only the name is ever shown. */
final class RedisCommand {

  private final String name;
  private final List<String> words;

  private RedisCommand(String name, List<String> words) {
    this.name = name;
    this.words = words;
  }

  /**
   * A command by its name and its arguments.
   *
   * @param name the command, with its subcommand if it has one: {@code ACL GETUSER}
   */
  static RedisCommand of(String name, String... arguments) {
    return new RedisCommand(
        name, Stream.concat(Stream.of(name.split(" ")), Stream.of(arguments)).toList());
  }

  /** With a password at the end, for the few commands that take no hash. */
  RedisCommand and(Secret secret) {
    return and(List.of(secret.reveal()));
  }

  /** With further arguments. */
  RedisCommand and(Collection<String> arguments) {
    return new RedisCommand(name, Stream.concat(words.stream(), arguments.stream()).toList());
  }

  String name() {
    return name;
  }

  /** As Jedis takes it; each value is sent with its length, so that none breaks out. */
  CommandArguments arguments() {
    byte[] first = SafeEncoder.encode(words.get(0));
    CommandArguments arguments = new CommandArguments(() -> first);
    words.subList(1, words.size()).forEach(arguments::add);
    return arguments;
  }

  @Override
  public String toString() {
    return name;
  }
}

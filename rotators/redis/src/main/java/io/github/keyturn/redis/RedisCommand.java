package io.github.keyturn.redis;

import io.github.keyturn.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

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

  /** As an array of bulk strings, which no value can break out of. */
  void writeTo(ByteArrayOutputStream out) {
    write(out, "*" + words.size() + "\r\n");
    for (String word : words) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      write(out, "$" + bytes.length + "\r\n");
      out.writeBytes(bytes);
      write(out, "\r\n");
    }
  }

  private static void write(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A user as a node knows it.
 *
 * @param hashes the SHA-256 of each password, in hexadecimal: all that the server keeps
 */
record RedisUser(Set<String> hashes) {

  static RedisCommand get(String username) {
    return RedisCommand.of("ACL GETUSER", username);
  }

  /**
   * Reads what {@link #get} asked for.
   *
   * @throws RotationException MISCONFIGURED when the user is not there, or no password could help
   */
  static RedisUser read(RedisReply reply, String username, RedisNode node) {
    Map<String, RedisReply> fields = reply.fields();
    if (fields.isEmpty()) {
      throw unusable("%s has no user '%s'; create it there as on the other nodes", node, username);
    }
    Set<String> flags = texts(fields, "flags");
    if (flags.contains("off")) {
      throw unusable(
          "the user '%2$s' is switched off at %1$s, so no password lets it in; ACL SETUSER %2$s on",
          node, username);
    }
    if (flags.contains("nopass")) {
      throw unusable(
          "the user '%2$s' needs no password at %1$s and is let in with any (nopass); give it the one of the secret first",
          node, username);
    }
    return new RedisUser(texts(fields, "passwords"));
  }

  private static Set<String> texts(Map<String, RedisReply> fields, String name) {
    return fields.getOrDefault(name, new RedisReply.Nothing()).items().stream()
        .map(RedisReply::text)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static RotationException unusable(String message, RedisNode node, String username) {
    return new RotationException(MISCONFIGURED, message.formatted(node, username));
  }

  boolean accepts(RedisLogin login) {
    return hashes.contains(login.hash());
  }
}

package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.util.Collection;
import java.util.List;

/** Where a server holds the passwords that rotate. */
enum RedisStrategy {
  /** With a user, whose passwords are set by their hashes. */
  ACL_USER {
    @Override
    List<RedisCommand> set(RedisLogin main, Collection<String> hashes) {
      return List.of(setUser(main.username(), hashes));
    }

    @Override
    boolean isInStep(Secret main, Secret requirepass) {
      return true;
    }

    @Override
    RedisStrategy requireUsable(RedisNode node, RedisSaving saving) {
      return this;
    }
  },
  /**
   * In {@code requirepass}, which is also a password of the default user: to set it drops all the
   * others, so they are given back in the same transaction, and no client is refused in between.
   */
  REQUIREPASS {
    @Override
    List<RedisCommand> set(RedisLogin main, Collection<String> hashes) {
      return List.of(
          RedisCommand.of("MULTI"),
          RedisCommand.of("CONFIG SET", "requirepass").and(main.password()),
          setUser(main.username(), hashes),
          RedisCommand.of("EXEC"));
    }

    @Override
    boolean isInStep(Secret main, Secret requirepass) {
      return main.equals(requirepass);
    }

    @Override
    RedisStrategy requireUsable(RedisNode node, RedisSaving saving) {
      if (saving == RedisSaving.ACL_FILE) {
        throw new RotationException(
            MISCONFIGURED,
            "%s has an ACL file, and then ignores requirepass; attach %s instead, which rotates users"
                .formatted(node, RedisAclUserRotationHandler.class.getName()));
      }
      node.requireAll(EMPTY_TRANSACTION);
      return this;
    }
  };

  /** Without the right to one, the commands of a transaction would run one by one. */
  private static final List<RedisCommand> EMPTY_TRANSACTION =
      List.of(RedisCommand.of("MULTI"), RedisCommand.of("EXEC"));

  /**
   * The commands that let a user in with these passwords and no others: all at once or not at all.
   *
   * @param main the user, and the one of its passwords that clients shall use
   * @param hashes of all its passwords
   */
  abstract List<RedisCommand> set(RedisLogin main, Collection<String> hashes);

  /** Whether the server's setting holds the password that clients shall use, if it has to. */
  abstract boolean isInStep(Secret main, Secret requirepass);

  /**
   * This strategy, if it has any effect on the server.
   *
   * @throws RotationException MISCONFIGURED when it has none, PRIVILEGE when it may not be used
   */
  abstract RedisStrategy requireUsable(RedisNode node, RedisSaving saving);

  private static RedisCommand setUser(String username, Collection<String> hashes) {
    return RedisCommand.of("ACL SETUSER", username, "resetpass")
        .and(hashes.stream().sorted().map(hash -> "#" + hash).toList());
  }
}

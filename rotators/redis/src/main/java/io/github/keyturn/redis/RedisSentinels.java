package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.NETWORK;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All Sentinels of a deployment. */
final class RedisSentinels implements AutoCloseable {

  private final List<RedisSentinel> open = new ArrayList<>();

  private RedisSentinels() {}

  /**
   * The data nodes, as the first Sentinel that answers knows them. The secret's own host if that
   * one lets only others in: a user need not be known to Sentinels to be rotated by a superuser.
   */
  static List<RedisAddress> dataNodes(
      RedisSecret where, RedisLogin login, RedisLogins logins, Rotation rotation) {
    @Nullable RotationException down = null;
    for (RedisAddress address : where.sentinels()) {
      try {
        return logins
            .sentinel(address, where, login, rotation)
            .map(RedisSentinels::dataNodes)
            .orElse(List.of(where.seed()));
      } catch (RotationException e) {
        if (e.reason() != NETWORK) {
          throw e;
        }
        down = e;
      }
    }
    throw down == null ? new IllegalArgumentException("no Sentinel is listed") : down;
  }

  private static List<RedisAddress> dataNodes(RedisSentinel sentinel) {
    try (sentinel) {
      return sentinel.dataNodes();
    }
  }

  /** Enters those that the secret lists, and no others: it is a secret that they are told. */
  static RedisSentinels open(
      RedisSecret where, RedisLogin login, RedisLogins logins, Rotation rotation) {
    RedisSentinels sentinels = new RedisSentinels();
    try {
      for (RedisAddress address : where.sentinels()) {
        sentinels.open.add(
            logins
                .sentinel(address, where, login, rotation)
                .orElseThrow(() -> refused(address, login)));
      }
      return sentinels;
    } catch (RuntimeException e) {
      sentinels.close();
      throw e;
    }
  }

  private static RotationException refused(RedisAddress address, RedisLogin login) {
    return new RotationException(
        MISCONFIGURED,
        "the Sentinel at %s wants a login, and refuses that of '%s'; let it know the user and password of the superuser secret (no rotation changes a password there), or list the data nodes in 'nodes' and leave 'sentinels' out"
            .formatted(address, login.username()));
  }

  List<RedisSentinel> open() {
    return open;
  }

  /**
   * Those that the secret does not list, by {@link RedisSentinel#shortId}.
   *
   * @param listed the ids of those that it does
   */
  Map<String, RedisAddress> strangers(Collection<String> listed) {
    Map<String, RedisAddress> strangers = new HashMap<>();
    open.forEach(sentinel -> strangers.putAll(sentinel.others()));
    strangers.keySet().removeAll(listed);
    return strangers;
  }

  @Override
  public void close() {
    open.forEach(RedisSentinel::close);
  }
}

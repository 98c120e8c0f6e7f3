package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.NETWORK;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All Sentinels of a deployment. */
final class RedisSentinels implements AutoCloseable {

  private final List<RedisSentinel> open = new ArrayList<>();

  private RedisSentinels() {}

  /** The data nodes, as the first Sentinel that answers knows them. */
  static List<RedisAddress> dataNodes(
      RedisSecret where, RedisLogin login, RedisLogins logins, Rotation rotation) {
    @Nullable RotationException down = null;
    for (RedisAddress address : where.sentinels()) {
      try (RedisSentinel sentinel = logins.sentinel(address, where, login, rotation)) {
        return sentinel.dataNodes();
      } catch (RotationException e) {
        if (e.reason() != NETWORK) {
          throw e;
        }
        down = e;
      }
    }
    throw down == null ? new IllegalArgumentException("no Sentinel is listed") : down;
  }

  /** Enters those that the secret lists, and those that they know of. */
  static RedisSentinels open(
      RedisSecret where, RedisLogin login, RedisLogins logins, Rotation rotation) {
    RedisSentinels sentinels = new RedisSentinels();
    try {
      Deque<RedisAddress> next = new ArrayDeque<>(where.sentinels());
      Set<RedisAddress> seen = new HashSet<>();
      while (!next.isEmpty()) {
        RedisAddress address = next.remove();
        if (seen.add(address)) {
          RedisSentinel sentinel = logins.sentinel(address, where, login, rotation);
          sentinels.open.add(sentinel);
          next.addAll(sentinel.others());
        }
      }
      return sentinels;
    } catch (RuntimeException e) {
      sentinels.close();
      throw e;
    }
  }

  List<RedisSentinel> open() {
    return open;
  }

  @Override
  public void close() {
    open.forEach(RedisSentinel::close);
  }
}

package io.github.keyturn.redis;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Logs in to nodes. */
final class RedisLogins {

  private final RedisSockets sockets;

  RedisLogins(RotationSettings settings) {
    this.sockets = new RedisSockets(settings);
  }

  /**
   * A node, logged in to with the first of these logins that it accepts; empty when it refuses them
   * all.
   *
   * @throws io.github.keyturn.RotationException when it can't be asked
   */
  Optional<RedisNode> login(
      RedisAddress address, RedisSecret where, List<RedisLogin> logins, Rotation rotation) {
    RedisNode node = connect("Redis at " + address, address, where, rotation);
    try {
      for (RedisLogin login : logins) {
        if (node.login(login)) {
          return Optional.of(node);
        }
      }
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
    node.close();
    return Optional.empty();
  }

  /**
   * A Sentinel, which may let in anybody; empty when it does not, and refuses the login.
   *
   * @throws io.github.keyturn.RotationException when it can't be asked
   */
  Optional<RedisSentinel> sentinel(
      RedisAddress address, RedisSecret where, RedisLogin login, Rotation rotation) {
    RedisNode node = connect("the Sentinel at " + address, address, where, rotation);
    try {
      Optional<RedisSentinel> sentinel = RedisSentinel.enter(node, login, where.sentinelMaster());
      if (sentinel.isEmpty()) {
        node.close();
      }
      return sentinel;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private RedisNode connect(
      String name, RedisAddress address, RedisSecret where, Rotation rotation) {
    try {
      return new RedisNode(
          name, address, new RedisConnection(sockets.open(address, where, rotation)), rotation);
    } catch (IOException e) {
      throw RedisErrors.unreachable(e, name);
    }
  }
}

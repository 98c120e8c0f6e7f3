package io.github.keyturn.redis;

import io.github.keyturn.Rotation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** All data nodes of a deployment: those that let us in, and those that refused every login. */
final class RedisNodes implements AutoCloseable {

  private final RedisSecret where;
  private final RedisLogins logins;
  private final Rotation rotation;
  private final List<RedisNode> open = new ArrayList<>();
  private final List<RedisAddress> refused = new ArrayList<>();

  private RedisNodes(RedisSecret where, RedisLogins logins, Rotation rotation) {
    this.where = where;
    this.logins = logins;
    this.rotation = rotation;
  }

  /**
   * Logs in to every node that the secret lists, or else to every one that can be found from where
   * the secret points to.
   *
   * @param tried on each node, one after the other
   * @throws io.github.keyturn.RotationException naming the node that can't be asked
   */
  static RedisNodes open(
      RedisSecret where, List<RedisLogin> tried, RedisLogins logins, Rotation rotation) {
    if (where.tls() == RedisTls.OFF) {
      rotation.log(
          "connecting to %s without TLS: the secret says ssl=false, so passwords are sent in the clear"
              .formatted(where.seed()));
    }
    RedisNodes nodes = new RedisNodes(where, logins, rotation);
    try {
      if (where.nodes().isEmpty()) {
        nodes.discover(tried);
      } else {
        where.nodes().forEach(address -> nodes.login(address, tried));
      }
      return nodes;
    } catch (RuntimeException e) {
      nodes.close();
      throw e;
    }
  }

  private void discover(List<RedisLogin> tried) {
    Deque<RedisAddress> next = new ArrayDeque<>(start(tried));
    Set<RedisAddress> seen = new HashSet<>();
    Set<String> processes = new HashSet<>();
    while (!next.isEmpty()) {
      RedisAddress address = next.remove();
      if (seen.add(address)) {
        login(address, tried).ifPresent(node -> next.addAll(neighbours(node, processes)));
      }
    }
  }

  /** A Sentinel knows the replicas that are down too, which a primary forgets. */
  private List<RedisAddress> start(List<RedisLogin> tried) {
    if (where.sentinels().isEmpty()) {
      return List.of(where.seed());
    }
    return RedisSentinels.dataNodes(where, tried.get(0), logins, rotation);
  }

  private Optional<RedisNode> login(RedisAddress address, List<RedisLogin> tried) {
    Optional<RedisNode> node = logins.login(address, where, tried, rotation);
    node.ifPresentOrElse(open::add, () -> refused.add(address));
    return node;
  }

  /** None for a node that was found before, under another address. */
  private List<RedisAddress> neighbours(RedisNode node, Set<String> processes) {
    RedisInfo info = RedisInfo.of(node);
    if (!processes.add(info.runId())) {
      open.remove(node);
      node.close();
      return List.of();
    }
    List<RedisAddress> neighbours = new ArrayList<>(info.neighbours());
    if (info.cluster() && open.size() == 1) {
      neighbours.addAll(RedisCluster.others(node));
    }
    return neighbours;
  }

  /** The nodes that let us in. */
  List<RedisNode> open() {
    return open;
  }

  /** Whether none did. */
  boolean allRefused() {
    return open.isEmpty();
  }

  boolean someRefused() {
    return !refused.isEmpty();
  }

  /** More than one, or one that Sentinels watch: somebody replicates, or may. */
  boolean severalServers() {
    return open.size() + refused.size() > 1 || !where.sentinels().isEmpty();
  }

  /** Who refused, for messages. */
  String whoRefused() {
    return refused.stream().map(RedisAddress::toString).collect(Collectors.joining(", "));
  }

  /** Who did not, for messages. */
  String whoAccepted() {
    return open.stream().map(node -> node.address().toString()).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    open.forEach(RedisNode::close);
  }
}

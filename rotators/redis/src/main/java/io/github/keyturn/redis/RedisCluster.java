package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.NETWORK;

import io.github.keyturn.RotationException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The nodes of a cluster, as one of them knows them.
 *
 * @see <a href="https://redis.io/docs/latest/commands/cluster-nodes/">CLUSTER NODES</a>
 */
final class RedisCluster {

  private static final RedisCommand NODES = RedisCommand.of("CLUSTER NODES");

  /**
   * {@code id 127.0.0.1:7001@17001,node1.example.com master,fail …}; the name came with version 7,
   * and what may follow it has an equals sign.
   */
  private static final Pattern MEMBER =
      Pattern.compile("\\S+ (\\S*):(\\d+)(?:@\\d+)?(?:,([^,= ]*))?(?:,\\S*)? (\\S+) .*");

  private static final int HOST = 1;
  private static final int PORT = 2;
  private static final int NAME = 3;
  private static final int FLAGS = 4;

  private RedisCluster() {}

  /**
   * The other members: those that have failed too, since they may come back, but not one that is
   * only about to join, which nobody has vouched for.
   */
  static List<RedisAddress> others(RedisNode node) {
    return others(node.require(NODES).text(), node.toString());
  }

  static List<RedisAddress> others(String text, String saidBy) {
    return text.lines()
        .map(MEMBER::matcher)
        .filter(Matcher::matches)
        .filter(member -> isOther(flags(member)))
        .map(member -> address(member, saidBy))
        .toList();
  }

  private static Set<String> flags(Matcher member) {
    return Set.of(member.group(FLAGS).split(","));
  }

  private static boolean isOther(Set<String> flags) {
    return !flags.contains("myself") && !flags.contains("handshake");
  }

  private static RedisAddress address(Matcher member, String saidBy) {
    String host = member.group(HOST);
    String name = member.group(NAME);
    boolean named = name != null && !name.isEmpty() && !name.equals("?");
    if (flags(member).contains("noaddr") || (host.isEmpty() && !named)) {
      throw new RotationException(
          NETWORK,
          "%s has lost the address of another node of its cluster; bring that node back, or CLUSTER FORGET it, or list all nodes in the secret's field 'nodes'"
              .formatted(saidBy));
    }
    int port = Integer.parseInt(member.group(PORT));
    String address = host.isEmpty() ? String.valueOf(name) : host;
    return new RedisAddress(address, port, named ? String.valueOf(name) : address);
  }
}

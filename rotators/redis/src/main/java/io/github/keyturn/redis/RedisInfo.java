package io.github.keyturn.redis;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a data node says of itself.
 *
 * @param runId tells one process from another, however it was found
 * @param cluster whether it is a node of a cluster
 * @param neighbours its primary, and the replicas that are connected to it
 */
record RedisInfo(String runId, boolean cluster, List<RedisAddress> neighbours) {

  private static final RedisCommand INFO = RedisCommand.of("INFO");
  private static final Pattern REPLICA =
      Pattern.compile("^slave\\d+:ip=([^,]+),port=(\\d+)", Pattern.MULTILINE);

  static RedisInfo of(RedisNode node) {
    String text = node.require(INFO).text();
    Map<String, String> fields =
        text.lines()
            .filter(line -> line.indexOf(':') > 0)
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.indexOf(':')),
                    line -> line.substring(line.indexOf(':') + 1),
                    (first, second) -> first));
    return new RedisInfo(
        fields.getOrDefault("run_id", node.address().toString()),
        "1".equals(fields.get("cluster_enabled")),
        Stream.concat(primary(fields), replicas(text)).toList());
  }

  private static Stream<RedisAddress> primary(Map<String, String> fields) {
    String host = fields.getOrDefault("master_host", "");
    int port = Integer.parseInt(fields.getOrDefault("master_port", "0"));
    return host.isEmpty() || port == 0 ? Stream.of() : Stream.of(new RedisAddress(host, port));
  }

  private static Stream<RedisAddress> replicas(String text) {
    return REPLICA
        .matcher(text)
        .results()
        .map(found -> new RedisAddress(found.group(1), Integer.parseInt(found.group(2))))
        .filter(address -> address.port() > 0);
  }
}

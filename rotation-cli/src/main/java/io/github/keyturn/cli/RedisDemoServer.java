package io.github.keyturn.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.redis.RedisAclUserRotationHandler;
import io.github.keyturn.redis.RedisRequirepassRotationHandler;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** One or several servers of Redis for the demo. They share nothing that rotations change. */
final class RedisDemoServer implements DemoServer {

  private static final String DEFAULT_USER = "default";
  private static final String LONGEST_SLOW_LOG = "100000";

  private final RedisDeployment deployment;
  private final Topology topology;
  private final Strategy strategy;

  RedisDemoServer(Topology topology, Strategy strategy) {
    this.topology = topology;
    this.strategy = strategy;
    this.deployment =
        switch (topology) {
          case STANDALONE -> RedisDeployment.standalone(this::configure);
          case REPLICA -> RedisDeployment.replicated(this::configure);
          case CLUSTER -> RedisDeployment.cluster(this::configure);
        };
  }

  private void configure(RedisServer.Builder node) {
    node.tls().setting("tls-replication", "yes").setting("tls-cluster", "yes");
    if (strategy == Strategy.REQUIREPASS) {
      // with an ACL file a server ignores requirepass; and replicas log in with what rotates
      node.persistence(RedisServer.Persistence.CONFIG_FILE).setting("masteruser", DEFAULT_USER);
    }
  }

  private RedisServer first() {
    return deployment.nodes().get(0);
  }

  @Override
  public String place() {
    return "(%s) on %s"
        .formatted(
            topology.description(),
            deployment.nodes().stream()
                .map(node -> node.host() + ":" + node.port())
                .collect(Collectors.joining(", ")));
  }

  @Override
  public String protection() {
    return strategy == Strategy.REQUIREPASS
        ? "TLS"
        : "TLS and passwords that are set by their hash";
  }

  @Override
  public Path caBundle() {
    return first().caBundle();
  }

  @Override
  public ObjectNode address() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", "redis")
        .put("host", first().host())
        .put("port", first().port());
  }

  @Override
  public String user() {
    return strategy == Strategy.REQUIREPASS ? DEFAULT_USER : DemoServer.super.user();
  }

  @Override
  public void createUser(Secret password) {
    if (strategy == Strategy.REQUIREPASS) {
      deployment.nodes().forEach(node -> requirePassword(node, password));
    } else {
      deployment.createUser(user(), password, "~*", "+@read", "+@write", "+info", "+cluster|nodes");
    }
    for (RedisServer node : deployment.nodes()) {
      node.run("CONFIG", "SET", "slowlog-max-len", LONGEST_SLOW_LOG);
      node.run("CONFIG", "SET", "slowlog-log-slower-than", "0");
    }
  }

  private static void requirePassword(RedisServer node, Secret password) {
    node.run("CONFIG", "SET", "requirepass", password.reveal());
    node.run("CONFIG", "SET", "masterauth", password.reveal());
    node.save();
  }

  @Override
  public boolean needsSuperuser() {
    return strategy == Strategy.ACL_USER;
  }

  @Override
  public String superuser() {
    return RedisServer.ADMIN;
  }

  @Override
  public Secret superuserPassword() {
    return first().adminPassword();
  }

  @Override
  public int nodes() {
    return deployment.nodes().size();
  }

  @Override
  public boolean logsIn(String user, Secret password) {
    return deployment.logsIn(user, password);
  }

  @Override
  public RotationHandler handler(RotationSettings settings) {
    return strategy == Strategy.REQUIREPASS
        ? new RedisRequirepassRotationHandler(settings)
        : new RedisAclUserRotationHandler(settings);
  }

  @Override
  public String logName() {
    return nodes() == 1 ? "the slow log" : "the slow log of each node";
  }

  @Override
  public List<String> logs() {
    return deployment.nodes().stream()
        .map(node -> node.log() + node.run("SLOWLOG", "GET", LONGEST_SLOW_LOG))
        .toList();
  }

  @Override
  public String shell() {
    return "redis-cli%s --tls --cacert %s -h %s -p %d --user %s --askpass"
        .formatted(
            topology == Topology.CLUSTER ? " -c" : "",
            caBundle(),
            first().host(),
            first().port(),
            user());
  }

  @Override
  public void close() {
    deployment.close();
  }
}

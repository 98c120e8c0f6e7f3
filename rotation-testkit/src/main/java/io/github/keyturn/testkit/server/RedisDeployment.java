package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Redis servers that belong together, as operators run them. All have the same administrator, who
 * is also the user that replicas log in with.
 */
public final class RedisDeployment implements AutoCloseable {

  /** The name by which Sentinels know the primary. */
  public static final String SENTINEL_MASTER = "mymaster";

  private static final int SLOTS = 16_384;
  private static final int CLUSTER_NODES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PAUSE_MILLIS = 20;

  private final List<RedisServer> nodes = new ArrayList<>();
  private final List<RedisServer> sentinels = new ArrayList<>();

  private RedisDeployment() {}

  /** One server, with an ACL file. */
  public static RedisDeployment standalone() {
    return standalone(node -> {});
  }

  /** The same with further settings. */
  public static RedisDeployment standalone(Consumer<RedisServer.Builder> settings) {
    return started(
        deployment -> {
          RedisServer.Builder node = RedisServer.builder();
          settings.accept(node);
          deployment.addNode(node);
        });
  }

  /** One server that speaks nothing but TLS. */
  public static RedisDeployment tls() {
    return standalone(RedisServer.Builder::tls);
  }

  /** A primary and a replica. */
  public static RedisDeployment replicated() {
    return replicated(node -> {});
  }

  /** The same, each node with further settings. */
  public static RedisDeployment replicated(Consumer<RedisServer.Builder> settings) {
    return started(deployment -> deployment.addReplicas(settings));
  }

  /** A primary, a replica, and a Sentinel that watches them as the administrator. */
  public static RedisDeployment sentinel() {
    return sentinel(RedisServer.ADMIN, RedisServer.randomPassword(), node -> {});
  }

  /**
   * The same, each node with further settings, where replicas and the Sentinel log in as a user of
   * the caller's.
   *
   * @param user the name of that user; the caller's settings must let every node know it
   */
  public static RedisDeployment sentinel(
      String user, Secret password, Consumer<RedisServer.Builder> settings) {
    return started(
        deployment -> {
          deployment.addReplicas(settings);
          boolean admin = user.equals(RedisServer.ADMIN);
          deployment.addSentinel(user, admin ? deployment.nodes.get(0).adminPassword() : password);
        });
  }

  /** Three primaries that share the slots of a cluster. */
  public static RedisDeployment cluster() {
    return cluster(node -> {});
  }

  /** The same, each node with further settings. */
  public static RedisDeployment cluster(Consumer<RedisServer.Builder> settings) {
    return started(deployment -> deployment.addCluster(settings));
  }

  private static RedisDeployment started(Consumer<RedisDeployment> members) {
    RedisDeployment deployment = new RedisDeployment();
    try {
      members.accept(deployment);
      return deployment;
    } catch (RuntimeException e) {
      deployment.close();
      throw e;
    }
  }

  private RedisServer addNode(RedisServer.Builder node) {
    RedisServer server = node.start();
    nodes.add(server);
    return server;
  }

  private void addReplicas(Consumer<RedisServer.Builder> settings) {
    Secret password = RedisServer.randomPassword();
    RedisServer.Builder primary = member(password);
    settings.accept(primary);
    RedisServer.Builder replica = member(password);
    settings.accept(replica);
    RedisServer started = addNode(primary);
    addNode(replica.setting("replicaof", started.host() + " " + started.port()));
    await(this::replicates);
  }

  private boolean replicates() {
    return nodes.get(0).run("INFO", "replication").toString().contains("state=online");
  }

  /** Starts a Sentinel that watches the first node, and waits until it has found the replica. */
  public RedisServer addSentinel(String user, Secret password) {
    RedisServer primary = nodes.get(0);
    RedisServer sentinel =
        RedisServer.builder()
            .persistence(RedisServer.Persistence.CONFIG_FILE)
            .sentinel()
            .setting(
                "sentinel monitor",
                "%s %s %d 1".formatted(SENTINEL_MASTER, primary.host(), primary.port()))
            .setting("sentinel auth-user", SENTINEL_MASTER + " " + user)
            .setting("sentinel auth-pass", SENTINEL_MASTER + " " + password.reveal())
            .start();
    sentinels.add(sentinel);
    await(() -> primary.run("CLIENT", "LIST").toString().contains("-cmd "));
    await(() -> !sentinel.run("SENTINEL", "REPLICAS", SENTINEL_MASTER).equals(List.of()));
    return sentinel;
  }

  private void addCluster(Consumer<RedisServer.Builder> settings) {
    Secret password = RedisServer.randomPassword();
    for (int i = 0; i < CLUSTER_NODES; i++) {
      RedisServer.Builder node =
          member(password)
              .setting("cluster-enabled", "yes")
              .setting("cluster-node-timeout", "2000");
      settings.accept(node);
      addNode(node);
    }
    for (int i = 0; i < CLUSTER_NODES; i++) {
      RedisServer node = nodes.get(i);
      node.run(slots(i * SLOTS / CLUSTER_NODES, (i + 1) * SLOTS / CLUSTER_NODES));
      nodes.get(0).run("CLUSTER", "MEET", node.host(), String.valueOf(node.port()));
    }
    await(() -> nodes.stream().allMatch(RedisDeployment::knowsWholeCluster));
  }

  /** 6.2 has no ADDSLOTSRANGE. */
  private static String[] slots(int from, int end) {
    List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
    IntStream.range(from, end).mapToObj(String::valueOf).forEach(command::add);
    return command.toArray(String[]::new);
  }

  private static boolean knowsWholeCluster(RedisServer node) {
    return node.run("CLUSTER", "INFO").toString().contains("cluster_state:ok")
        && node.run("CLUSTER", "NODES").toString().lines().count() == CLUSTER_NODES;
  }

  /** As whom replicas log in unless the caller's settings say otherwise. */
  private static RedisServer.Builder member(Secret password) {
    return RedisServer.builder()
        .adminPassword(password)
        .setting("masteruser", RedisServer.ADMIN)
        .setting("masterauth", password.reveal())
        .setting("repl-diskless-sync", "yes")
        .setting("repl-diskless-sync-delay", "0");
  }

  /** The data nodes; of a primary with replicas, the primary is the first at the start. */
  public List<RedisServer> nodes() {
    return List.copyOf(nodes);
  }

  /** The Sentinels. */
  public List<RedisServer> sentinels() {
    return List.copyOf(sentinels);
  }

  /** The addresses of the data nodes, as the field {@code nodes} of a secret has them. */
  public String addresses() {
    return addresses(nodes);
  }

  /** The addresses of these servers, separated by commas. */
  public static String addresses(List<RedisServer> servers) {
    return String.join(
        ",", servers.stream().map(server -> server.host() + ":" + server.port()).toList());
  }

  /** Makes a user on every data node. */
  public void createUser(String name, Secret password, String... rules) {
    nodes.forEach(node -> node.createUser(name, password, rules));
  }

  /** Whether every data node accepts a login. */
  public boolean logsIn(String user, Secret password) {
    return nodes.stream().allMatch(node -> node.logsIn(user, password));
  }

  /** Waits until something holds that these servers need a moment for. */
  public static void await(BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!holds(condition)) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException("it did not happen within " + PATIENCE);
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while Redis settled", e);
      }
    }
  }

  /** A node that does not answer yet does not hold up the others. */
  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (JedisException e) {
      return false;
    }
  }

  @Override
  public void close() {
    sentinels.forEach(RedisServer::close);
    nodes.forEach(RedisServer::close);
  }
}

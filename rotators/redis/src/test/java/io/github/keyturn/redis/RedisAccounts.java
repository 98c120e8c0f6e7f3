package io.github.keyturn.redis;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract.NodeState;
import io.github.keyturn.testkit.server.RedisDeployment;
import io.github.keyturn.testkit.server.RedisServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Users of a real deployment, for a contract: many, and fast. */
final class RedisAccounts {

  private final RedisDeployment deployment;
  private final boolean tls;
  private final List<String> rules;
  private final ThreadLocal<String> lastOfThread = new ThreadLocal<>();

  /**
   * @param rules what the users may do
   */
  RedisAccounts(RedisDeployment deployment, boolean tls, List<String> rules) {
    this.deployment = deployment;
    this.tls = tls;
    this.rules = rules;
  }

  List<InetSocketAddress> addresses() {
    return deployment.nodes().stream()
        .map(node -> new InetSocketAddress(node.host(), node.port()))
        .toList();
  }

  Path caBundle() {
    return deployment.nodes().get(0).caBundle();
  }

  SecretDocument create(List<InetSocketAddress> addresses) {
    deleteLast();
    String user = "c" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    Secret password = Secret.of("first-" + UUID.randomUUID());
    deployment.createUser(user, password, rules.toArray(String[]::new));
    lastOfThread.set(user);
    return secret(addresses, user, password);
  }

  /**
   * A thread that makes an account has done with the one before. To save users takes a server the
   * longer the more there are: with hundreds of them, that is all it does.
   */
  private void deleteLast() {
    Optional.ofNullable(lastOfThread.get())
        .ifPresent(user -> deployment.nodes().forEach(node -> node.run("ACL", "DELUSER", user)));
  }

  SecretDocument superuser(List<InetSocketAddress> addresses) {
    return secret(addresses, RedisServer.ADMIN, deployment.nodes().get(0).adminPassword());
  }

  /** Several nodes are listed: what they announce themselves would lead past the proxies. */
  SecretDocument secret(List<InetSocketAddress> addresses, String user, Secret password) {
    InetSocketAddress first = addresses.get(0);
    SecretDocument secret =
        SecretDocument.parse(
            Secret.of(
                """
                {"engine": "redis", "host": "%s", "port": %d, "ssl": %b, "username": "%s",
                 "password": "%s"}"""
                    .formatted(
                        first.getHostString(), first.getPort(), tls, user, password.reveal())));
    return addresses.size() == 1
        ? secret
        : secret.with(
            "nodes",
            addresses.stream()
                .map(address -> address.getHostString() + ":" + address.getPort())
                .collect(Collectors.joining(",")));
  }

  boolean logsIn(SecretDocument login, int node) {
    return deployment.nodes().get(node).logsIn(login.text("username"), login.secret("password"));
  }

  /** The passwords that any node accepts, as the servers show them. */
  Set<String> hashes(SecretDocument current) {
    Set<String> hashes = new HashSet<>();
    deployment.nodes().forEach(node -> hashes.addAll(hashes(node, current.text("username"))));
    return hashes;
  }

  static Set<String> hashes(RedisServer node, String user) {
    List<?> fields = (List<?>) node.run("ACL", "GETUSER", user);
    for (int i = 0; i < fields.size(); i += 2) {
      if ("passwords".equals(fields.get(i))) {
        return ((List<?>) fields.get(i + 1))
            .stream().map(String::valueOf).collect(Collectors.toSet());
      }
    }
    throw new AssertionError("no passwords in " + fields);
  }

  NodeState remember(SecretDocument account, int node) {
    RedisServer server = deployment.nodes().get(node);
    String user = account.text("username");
    Set<String> hashes = hashes(server, user);
    return () -> setHashes(server, user, hashes);
  }

  static void setHashes(RedisServer server, String user, Set<String> hashes) {
    List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", user, "resetpass"));
    hashes.forEach(hash -> command.add("#" + hash));
    server.run(command.toArray(String[]::new));
  }
}

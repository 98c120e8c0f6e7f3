package io.github.keyturn.redis;

import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract;
import io.github.keyturn.testkit.server.RedisDeployment;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;

/** The contract of users, on a deployment that a subclass names. */
abstract class RedisContract extends RotatorContract {

  final RedisAccounts accounts;
  private final RedisDeployment deployment;

  /**
   * @param rules what the users may do
   */
  RedisContract(RedisDeployment deployment, boolean tls, List<String> rules) {
    this.deployment = deployment;
    this.accounts = new RedisAccounts(deployment, tls, rules);
  }

  @AfterAll
  void stop() {
    deployment.close();
  }

  @Override
  protected Rotator rotator() {
    return new RedisAclUserRotator(settings());
  }

  @Override
  protected List<InetSocketAddress> targets() {
    return accounts.addresses();
  }

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) {
    return newAccount(List.of(address));
  }

  @Override
  protected SecretDocument newAccount(List<InetSocketAddress> addresses) {
    return accounts.create(addresses);
  }

  @Override
  protected boolean logsIn(SecretDocument value) {
    return logsIn(value, 0);
  }

  @Override
  protected boolean logsIn(SecretDocument value, int node) {
    return accounts.logsIn(value, node);
  }

  @Override
  protected Optional<NodeState> remember(SecretDocument account, int node) {
    return Optional.of(accounts.remember(account, node));
  }

  @Override
  protected Optional<Set<String>> liveCredentials(SecretDocument current) {
    return Optional.of(accounts.hashes(current));
  }
}

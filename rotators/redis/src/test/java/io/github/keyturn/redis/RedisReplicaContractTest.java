package io.github.keyturn.redis;

import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.server.RedisDeployment;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName(
    "The contract: a Redis user without rights, on a primary and a replica, by a superuser")
class RedisReplicaContractTest extends RedisContract {

  RedisReplicaContractTest() {
    super(RedisDeployment.replicated(), false, List.of("~*", "+get"));
  }

  @Override
  protected Optional<SecretDocument> superuser(List<InetSocketAddress> addresses) {
    return Optional.of(accounts.superuser(addresses));
  }
}

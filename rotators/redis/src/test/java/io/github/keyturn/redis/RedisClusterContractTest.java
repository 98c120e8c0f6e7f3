package io.github.keyturn.redis;

import io.github.keyturn.testkit.server.RedisDeployment;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: a Redis user on a cluster of three nodes")
class RedisClusterContractTest extends RedisContract {

  RedisClusterContractTest() {
    super(
        RedisDeployment.cluster(),
        false,
        List.of("+acl|getuser", "+acl|setuser", "+acl|save", "+config|get"));
  }
}

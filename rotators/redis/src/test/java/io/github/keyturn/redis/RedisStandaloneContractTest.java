package io.github.keyturn.redis;

import io.github.keyturn.testkit.server.RedisDeployment;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: a Redis user that changes itself")
class RedisStandaloneContractTest extends RedisContract {

  RedisStandaloneContractTest() {
    super(
        RedisDeployment.standalone(),
        false,
        List.of("+info", "+acl|getuser", "+acl|setuser", "+acl|save"));
  }
}

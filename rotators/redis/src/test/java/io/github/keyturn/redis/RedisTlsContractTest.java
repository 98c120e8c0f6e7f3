package io.github.keyturn.redis;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.testkit.server.RedisDeployment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: a Redis user, over TLS")
class RedisTlsContractTest extends RedisContract {

  RedisTlsContractTest() {
    super(
        RedisDeployment.tls(), true, List.of("+info", "+acl|getuser", "+acl|setuser", "+acl|save"));
  }

  @Override
  protected RotationSettings settings() {
    return RotationSettings.from(
        Map.of("SETTLE_SECONDS", "0", "TLS_CA_BUNDLE", accounts.caBundle().toString()));
  }
}

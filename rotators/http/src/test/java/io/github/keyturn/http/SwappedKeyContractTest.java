package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: keys that are replaced in place")
class SwappedKeyContractTest extends KeyContract {

  SwappedKeyContractTest() {
    super(Shipped.CLOUDFLARE_ROLL, Map.of());
  }
}

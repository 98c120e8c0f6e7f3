package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: keys that end by themselves when a new one is issued")
class GracePeriodContractTest extends KeyContract {

  GracePeriodContractTest() {
    super(Shipped.MONGODB_ATLAS, Map.of());
  }
}

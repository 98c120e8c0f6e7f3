package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: keys that are issued, and revoked at once")
class EndedAtFinishContractTest extends KeyContract {

  EndedAtFinishContractTest() {
    super(Shipped.GITLAB, Map.of("RETIRE_OLD", "AT_FINISH"));
  }
}

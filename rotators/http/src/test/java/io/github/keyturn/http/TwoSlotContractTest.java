package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: a primary and a secondary key")
class TwoSlotContractTest extends KeyContract {

  TwoSlotContractTest() {
    super(Shipped.TWILIO_AUTH_TOKEN, Map.of());
  }
}

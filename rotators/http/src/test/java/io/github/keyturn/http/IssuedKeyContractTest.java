package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: keys that are issued, and revoked later")
class IssuedKeyContractTest extends KeyContract {

  IssuedKeyContractTest() {
    super(Shipped.SENDGRID, Map.of());
  }
}

package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: values that are chosen here, one at a time")
class ReplacedValueContractTest extends KeyContract {

  ReplacedValueContractTest() {
    super(Shipped.AUTH0, Map.of());
  }
}

package io.github.keyturn.http;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: values that are chosen here, two at a time")
class ChosenKeyContractTest extends KeyContract {

  ChosenKeyContractTest() {
    super(Shipped.OKTA, Map.of());
  }
}

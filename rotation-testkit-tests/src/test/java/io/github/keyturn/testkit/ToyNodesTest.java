package io.github.keyturn.testkit;

import io.github.keyturn.Rotator;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: a target of two nodes")
class ToyNodesTest extends ToyNodes.Contract {

  @Override
  protected Rotator rotator() {
    return new ToyNodes.TwoPasswords();
  }

  @Override
  int oneIn() {
    return 1;
  }
}

package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class TestServersTest {

  private final PostgresServer ofTheClass;

  TestServersTest(PostgresServer ofTheClass) {
    this.ofTheClass = ofTheClass;
  }

  @Test
  void givesEveryoneTheSameServer(PostgresServer ofTheMethod) {
    assertThat(ofTheMethod).isSameAs(ofTheClass);
  }
}

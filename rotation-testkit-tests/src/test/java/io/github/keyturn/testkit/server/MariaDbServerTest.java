package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MariaDbServerTest extends MysqlProtocolServerBehaviour {

  private final MariaDbServer shared;

  MariaDbServerTest(MariaDbServer shared) {
    super(shared);
    this.shared = shared;
  }

  @Override
  MysqlProtocolServer start(Map<String, String> settings) {
    return MariaDbServer.start(settings);
  }

  @Override
  MysqlProtocolServer plaintextOnly() {
    return MariaDbServer.plaintextOnly();
  }

  @Override
  String statusSchema() {
    return "information_schema";
  }

  @Test
  void isMariaDb() throws Exception {
    assertThat(MysqlClient.ask(shared, "SELECT VERSION()")).startsWith("11.4.5-MariaDB");
  }

  @Test
  void logsNoErrorOfItsOwn() {
    assertThat(shared.log()).doesNotContain("ERROR");
  }
}

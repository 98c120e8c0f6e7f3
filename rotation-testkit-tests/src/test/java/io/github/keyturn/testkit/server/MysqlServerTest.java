package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MysqlServerTest extends MysqlProtocolServerBehaviour {

  private final MysqlServer shared;

  MysqlServerTest(MysqlServer shared) {
    super(shared);
    this.shared = shared;
  }

  @Override
  MysqlProtocolServer start(Map<String, String> settings) {
    return MysqlServer.start(settings);
  }

  @Override
  MysqlProtocolServer plaintextOnly() {
    return MysqlServer.plaintextOnly();
  }

  @Override
  String statusSchema() {
    return "performance_schema";
  }

  @Test
  void isMysqlProper() throws Exception {
    assertThat(MysqlClient.ask(shared, "SELECT VERSION()")).isEqualTo("8.0.31");
  }

  @Test
  void storesPasswordsForCachingSha2() throws Exception {
    assertThat(MysqlClient.ask(shared, "SELECT plugin FROM mysql.user WHERE user = 'root'"))
        .isEqualTo("caching_sha2_password");
  }

  @Test
  void logsNoErrorOfItsOwn() {
    assertThat(shared.log()).doesNotContain("[ERROR]");
  }
}

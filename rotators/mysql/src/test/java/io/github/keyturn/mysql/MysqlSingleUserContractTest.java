package io.github.keyturn.mysql;

import io.github.keyturn.Rotator;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
@DisplayName("The contract: MySQL, single user")
class MysqlSingleUserContractTest extends MysqlContract {

  MysqlSingleUserContractTest(MysqlServer server) {
    super(server);
  }

  @Override
  protected Rotator rotator() {
    return new MysqlSingleUserRotator(settings());
  }
}

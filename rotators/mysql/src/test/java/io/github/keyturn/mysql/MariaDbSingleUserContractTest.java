package io.github.keyturn.mysql;

import io.github.keyturn.Rotator;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.TestServers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
@DisplayName("The contract: MariaDB, single user")
class MariaDbSingleUserContractTest extends MysqlContract {

  MariaDbSingleUserContractTest(MariaDbServer server) {
    super(server);
  }

  @Override
  protected Rotator rotator() {
    return new MysqlSingleUserRotator(settings());
  }
}

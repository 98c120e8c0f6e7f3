package io.github.keyturn.mysql;

import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
@DisplayName("The contract: MySQL, dual password")
class MysqlDualPasswordContractTest extends MysqlContract {

  MysqlDualPasswordContractTest(MysqlServer server) {
    super(server);
  }

  @Override
  protected Rotator rotator() {
    return new MysqlDualPasswordRotator(settings());
  }

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) throws SQLException {
    return accounts.create(address, "APPLICATION_PASSWORD_ADMIN ON *.*");
  }
}

package io.github.keyturn.mysql;

import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.TestServers;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
@DisplayName("The contract: MariaDB, dual password")
class MariaDbDualPasswordContractTest extends MysqlContract {

  MariaDbDualPasswordContractTest(MariaDbServer server) {
    super(server);
  }

  @Override
  protected Rotator rotator() {
    return new MysqlDualPasswordRotator(settings());
  }

  @Override
  protected Optional<SecretDocument> superuser(InetSocketAddress address) {
    return Optional.of(accounts.superuser(address));
  }
}

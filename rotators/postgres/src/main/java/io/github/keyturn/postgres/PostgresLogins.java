package io.github.keyturn.postgres;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.DatabaseSecret;
import io.github.keyturn.jdbc.Engine;
import io.github.keyturn.jdbc.Tls;
import io.github.keyturn.postgres.internal.SharedTlsFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/** Logs in to PostgreSQL, over verified TLS unless the secret or a setting says otherwise. */
final class PostgresLogins {

  static final Engine ENGINE =
      new Engine(
          "PostgreSQL",
          Set.of("postgres", "aurora-postgresql"),
          5432,
          "postgres",
          63,
          Engine.Unit.BYTES);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

  /** Without TLS the server must not be able to ask for the password in the clear. */
  private static final String HASHED_AUTHENTICATION = "scram-sha-256,md5";

  private final Optional<Path> caBundle;
  private final boolean allowPlaintext;

  PostgresLogins(RotationSettings settings) {
    this.caBundle = settings.tlsCaBundle();
    this.allowPlaintext = settings.allowPlaintext();
  }

  /** What to do with a connection. */
  @FunctionalInterface
  interface Action {
    Verdict run(Connection connection) throws SQLException, InterruptedException;
  }

  /**
   * Logs in and does something.
   *
   * @return what the action says; {@link Verdict#REJECTED} when the server refuses the login
   * @throws RotationException when the server can't be asked
   */
  Verdict with(DatabaseSecret login, Rotation rotation, Action action) throws InterruptedException {
    try (Connection connection = connect(login, rotation.timeLeft(), rotation::log)) {
      return action.run(connection);
    } catch (SQLException e) {
      if (PostgresErrors.isRefusedPassword(e)) {
        return Verdict.REJECTED;
      }
      if (PostgresErrors.isRefusedUser(e)) {
        return rotation.refuse(
            "PostgreSQL at %s has no user '%s' that may log in; create it, or ALTER ROLE … LOGIN"
                .formatted(login.address(), login.username()));
      }
      throw PostgresErrors.explain(e, login);
    }
  }

  /** Lets a connection that was opened in an earlier invocation wait no longer than this one. */
  static void limitAnswers(Connection connection, Duration timeLeft) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, 1_000 * seconds(timeLeft, LONGEST_ANSWER));
  }

  /** A connection, without an own word for a refused password. */
  Connection connect(DatabaseSecret secret, Duration timeLeft, Consumer<String> log)
      throws SQLException {
    if (secret.tls() == Tls.OFF) {
      log.accept(
          "connecting to %s without TLS: the secret says ssl=false".formatted(secret.address()));
      return connect(secret, timeLeft, withoutTls());
    }
    try {
      return connect(secret, timeLeft, verifiedTls());
    } catch (SQLException e) {
      if (secret.tls() == Tls.UNLESS_ALLOWED
          && allowPlaintext
          && PostgresErrors.isTlsUnsupported(e)) {
        log.accept(
            "connecting to %s WITHOUT TLS: the server has none and ALLOW_PLAINTEXT is set; switch TLS on at the server and remove ALLOW_PLAINTEXT"
                .formatted(secret.address()));
        return connect(secret, timeLeft, withoutTls());
      }
      throw e;
    }
  }

  private Connection connect(DatabaseSecret secret, Duration timeLeft, Properties properties)
      throws SQLException {
    PGProperty.USER.set(properties, secret.username());
    PGProperty.PASSWORD.set(properties, secret.password().reveal());
    PGProperty.APPLICATION_NAME.set(properties, "keyturn");
    PGProperty.CONNECT_TIMEOUT.set(properties, seconds(timeLeft, CONNECT_TIMEOUT));
    PGProperty.SOCKET_TIMEOUT.set(properties, seconds(timeLeft, LONGEST_ANSWER));
    // each of these saves a round trip or a class path search
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
    PGProperty.GSS_ENC_MODE.set(properties, "disable");
    PGProperty.PREPARE_THRESHOLD.set(properties, 0);
    Connection connection = Drivers.POSTGRES.connect(url(secret), properties);
    if (connection == null) {
      throw new IllegalStateException("the driver does not know its own URL");
    }
    return connection;
  }

  private static String url(DatabaseSecret secret) {
    return "jdbc:postgresql://%s/%s"
        .formatted(
            secret.address(),
            URLEncoder.encode(secret.database(), StandardCharsets.UTF_8).replace("+", "%20"));
  }

  private Properties verifiedTls() throws SQLException {
    Properties properties = new Properties();
    PGProperty.SSL_MODE.set(properties, "verify-full");
    if (caBundle.isPresent()) {
      PGProperty.SSL_ROOT_CERT.set(properties, caBundle.get().toString());
      SharedTlsFactory.use(properties);
    } else {
      PGProperty.SSL_FACTORY.set(properties, DefaultJavaSSLFactory.class.getName());
    }
    return properties;
  }

  private static Properties withoutTls() {
    Properties properties = new Properties();
    PGProperty.SSL_MODE.set(properties, "disable");
    PGProperty.REQUIRE_AUTH.set(properties, HASHED_AUTHENTICATION);
    return properties;
  }

  /** The driver, with the first connection: createSecret needs none. */
  private static final class Drivers {
    static final Driver POSTGRES = new Driver();
  }

  /** Whole seconds, at least one: the driver takes none for "for ever". */
  private static int seconds(Duration timeLeft, Duration longest) {
    Duration duration = timeLeft.compareTo(longest) < 0 ? timeLeft : longest;
    return (int) Math.max(1, duration.toSeconds());
  }
}

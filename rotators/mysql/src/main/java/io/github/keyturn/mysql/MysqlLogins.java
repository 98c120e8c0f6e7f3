package io.github.keyturn.mysql;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.Tls;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.mariadb.jdbc.NonRegisteringDriver;

/** Logs in to MySQL or MariaDB, over verified TLS unless the secret or a setting says otherwise. */
final class MysqlLogins {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);
  private static final Duration LONGEST_LOCK_WAIT = Duration.ofSeconds(3);

  /** The server must not be able to ask for the password in the clear. */
  private static final String HASHED_AUTHENTICATION =
      "caching_sha2_password,mysql_native_password,client_ed25519,parsec";

  /** DriverManager is not asked: it would look for drivers in the whole class path. */
  private final NonRegisteringDriver driver = new NonRegisteringDriver();

  private final Optional<Path> caBundle;
  private final boolean allowPlaintext;
  private final boolean allowPublicKeyRetrieval;

  MysqlLogins(RotationSettings settings) {
    this.caBundle = settings.tlsCaBundle();
    this.allowPlaintext = settings.allowPlaintext();
    this.allowPublicKeyRetrieval = MysqlSettings.of(settings).allowPublicKeyRetrieval();
  }

  /** What to do in a session. */
  @FunctionalInterface
  interface Action {
    Verdict run(MysqlSession session) throws SQLException, InterruptedException;
  }

  /** What to make of a password that has expired. */
  enum Expired {
    /** The server lets it in for nothing but a new password. */
    MAY_CHANGE,
    /** As it treats most clients. */
    STAYS_OUT
  }

  /**
   * Logs in and does something.
   *
   * @return what the action says; {@link Verdict#REJECTED} when the server refuses the login;
   *     {@link Verdict#INCOMPLETE} when the password is right but has expired, and must stay out
   * @throws io.github.keyturn.RotationException when the server can't be asked
   */
  Verdict with(MysqlSecret secret, Expired expired, Rotation rotation, Action action)
      throws InterruptedException {
    try (Connection connection = connect(secret, expired, rotation.timeLeft(), rotation::log)) {
      return action.run(MysqlSession.of(connection, secret));
    } catch (SQLException e) {
      if (MysqlErrors.isRefused(e) || MysqlErrors.isUnofferedPlugin(e)) {
        return MysqlErrors.unlikelyReason(e, secret).map(rotation::refuse).orElse(Verdict.REJECTED);
      }
      if (MysqlErrors.isExpired(e) && expired == Expired.STAYS_OUT) {
        rotation.log("the password of '%s' has expired".formatted(secret.username()));
        return Verdict.INCOMPLETE;
      }
      throw MysqlErrors.explain(e, secret);
    }
  }

  /** Whether the server lets this login in. */
  boolean accepts(MysqlSecret secret, Rotation rotation) throws InterruptedException {
    return with(secret, Expired.MAY_CHANGE, rotation, session -> Verdict.ACCEPTED)
        == Verdict.ACCEPTED;
  }

  /** Lets a connection that was opened in an earlier invocation wait no longer than this one. */
  static void limitAnswers(Connection connection, Duration timeLeft) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) shorter(timeLeft, LONGEST_ANSWER));
  }

  /** A connection, without an own word for a refused password. */
  Connection connect(MysqlSecret secret, Expired expired, Duration timeLeft, Consumer<String> log)
      throws SQLException {
    Tls tls = secret.login().tls();
    if (tls == Tls.OFF) {
      log.accept(
          "connecting to %s without TLS: the secret says ssl=false".formatted(secret.address()));
      return connect(secret, expired, timeLeft, withoutTls());
    }
    try {
      return connect(secret, expired, timeLeft, verifiedTls());
    } catch (SQLException e) {
      if (tls == Tls.UNLESS_ALLOWED && allowPlaintext && MysqlErrors.isTlsUnsupported(e)) {
        log.accept(
            "connecting to %s WITHOUT TLS: the server has none and ALLOW_PLAINTEXT is set; switch TLS on at the server and remove ALLOW_PLAINTEXT"
                .formatted(secret.address()));
        return connect(secret, expired, timeLeft, withoutTls());
      }
      throw e;
    }
  }

  private Connection connect(
      MysqlSecret secret, Expired expired, Duration timeLeft, Properties properties)
      throws SQLException {
    properties.setProperty("user", secret.username());
    properties.setProperty("password", secret.password().reveal());
    properties.setProperty("restrictedAuth", HASHED_AUTHENTICATION);
    properties.setProperty("connectTimeout", text(shorter(timeLeft, CONNECT_TIMEOUT)));
    properties.setProperty("socketTimeout", text(shorter(timeLeft, LONGEST_ANSWER)));
    properties.setProperty(
        "disconnectOnExpiredPasswords", String.valueOf(expired == Expired.STAYS_OUT));
    // a server must not ask for files of the function
    properties.setProperty("allowLocalInfile", "false");
    // nor send the login on to another one
    properties.setProperty("permitRedirect", "false");
    properties.setProperty("jdbcCompliantTruncation", "false");
    properties.setProperty("sessionVariables", variables(secret.flavor(), timeLeft));
    Connection connection =
        driver.connect("jdbc:mariadb://%s/".formatted(secret.address()), properties);
    if (connection == null) {
      throw new IllegalStateException("the driver does not know its own URL");
    }
    return connection;
  }

  /**
   * Sent with what the driver sets anyway. A statement that waits longer than we do would still be
   * executed when nobody expects it any more; on MariaDB a new password waits for locks as long as
   * a statement may take.
   */
  private static String variables(Flavor flavor, Duration timeLeft) {
    long seconds = shorter(timeLeft.dividedBy(2), LONGEST_LOCK_WAIT) / 1_000;
    String variables =
        "sql_mode='',lock_wait_timeout=%1$d,innodb_lock_wait_timeout=%1$d".formatted(seconds);
    return flavor == Flavor.MARIADB
        ? variables + ",sql_quote_show_create=1,max_statement_time=%d".formatted(2 * seconds)
        : variables;
  }

  private Properties verifiedTls() {
    Properties properties = new Properties();
    properties.setProperty("sslMode", "verify-full");
    // else a certificate that nobody has signed passes where the password's hash vouches for it
    properties.setProperty("deferCertificateValidation", "false");
    caBundle.ifPresent(bundle -> properties.setProperty("serverSslCert", bundle.toString()));
    return properties;
  }

  private Properties withoutTls() {
    Properties properties = new Properties();
    properties.setProperty("sslMode", "disable");
    properties.setProperty("allowPublicKeyRetrieval", String.valueOf(allowPublicKeyRetrieval));
    return properties;
  }

  /** Milliseconds, at least one second of them: the driver takes none for "for ever". */
  private static long shorter(Duration timeLeft, Duration longest) {
    return Math.max(1_000, Math.min(timeLeft.toMillis(), longest.toMillis()));
  }

  private static String text(long number) {
    return String.valueOf(number);
  }
}

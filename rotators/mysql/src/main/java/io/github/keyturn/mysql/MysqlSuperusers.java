package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Superuser;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.DatabaseSecret;
import io.github.keyturn.jdbc.SuperuserLogin;
import io.github.keyturn.jdbc.SuperuserPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens the superuser's session, for the accounts that the secret's own login has proven. */
final class MysqlSuperusers implements AutoCloseable {

  private final MysqlLogins logins;
  private final ProvenLogin proven;
  private final boolean configured;
  private final boolean allHosts;
  private final Map<Flavor, SuperuserLogin> resolvers = new EnumMap<>(Flavor.class);
  private final SuperuserPool pool = new SuperuserPool();

  MysqlSuperusers(MysqlLogins logins, ProvenLogin proven, RotationSettings settings) {
    this.logins = logins;
    this.proven = proven;
    this.configured = settings.superuserSecret().isPresent();
    this.allHosts = MysqlSettings.of(settings).allHosts();
    for (Flavor flavor : Flavor.values()) {
      resolvers.put(flavor, new SuperuserLogin(flavor.engine()));
    }
  }

  /** Whether the function or the secret names a superuser secret. */
  boolean areNamedBy(SecretDocument secret) {
    return configured || secret.find("masterarn").isPresent();
  }

  /** What to do as superuser. */
  @FunctionalInterface
  interface Action {
    /**
     * Changes the owner's accounts, or those that belong to them.
     *
     * @param accounts the one that the owner has logged in with, or all of its name
     */
    Verdict run(MysqlSession session, List<MysqlAccount> accounts)
        throws SQLException, InterruptedException;
  }

  /**
   * Lets the owner log in, and then does something as superuser.
   *
   * @param owner the login, at the place that it is to be proven
   */
  Verdict lend(SecretDocument owner, Rotation rotation, Access access, Action action)
      throws Exception {
    return rotation.asSuperuser(
        owner, superuser -> run(superuser, owner, rotation, access, action));
  }

  /** What the superuser is asked for. */
  enum Access {
    /** Nothing is changed. */
    LOOKS,
    /** Nobody else changes the same user for the same secret meanwhile. */
    CHANGES
  }

  private Verdict run(
      Superuser superuser, SecretDocument owner, Rotation rotation, Access access, Action action)
      throws InterruptedException {
    MysqlSecret place = MysqlSecret.read(owner);
    DatabaseSecret login = resolver(place.flavor()).resolve(superuser, place.login());
    MysqlSecret secret = new MysqlSecret(login, place.flavor());
    try (Connection connection =
        pool.connection(
            login,
            () ->
                logins.connect(
                    secret, MysqlLogins.Expired.STAYS_OUT, rotation.timeLeft(), rotation::log))) {
      MysqlLogins.limitAnswers(connection, rotation.timeLeft());
      MysqlSession session = MysqlSession.of(connection, secret);
      List<MysqlAccount> accounts = accounts(session, owner, place.username());
      return switch (access) {
        case LOOKS -> action.run(session, accounts);
        case CHANGES ->
            session.alone(rotation, place.username(), () -> action.run(session, accounts));
      };
    } catch (SQLException e) {
      if (MysqlErrors.isRefused(e)) {
        throw new RotationException(
            PRIVILEGE,
            "%s at %s refuses the login of the superuser secret ('%s'); correct that secret, or rotate it"
                .formatted(place.flavor(), login.address(), login.username()),
            e);
      }
      throw MysqlErrors.explain(e, secret);
    }
  }

  private SuperuserLogin resolver(Flavor flavor) {
    return Optional.ofNullable(resolvers.get(flavor)).orElseThrow();
  }

  private List<MysqlAccount> accounts(MysqlSession session, SecretDocument owner, String username)
      throws SQLException {
    Optional<MysqlAccount> account = proven.account(owner);
    if (account.isPresent() && !allHosts) {
      return List.of(account.get());
    }
    List<MysqlAccount> all = ofName(session, username);
    if (all.size() > 1 && !allHosts) {
      throw new RotationException(
          MISCONFIGURED,
          "the password of '%s' has expired, so the server does not tell which of its accounts %s it is; ALTER USER … PASSWORD EXPIRE NEVER and rotate again"
              .formatted(username, all));
    }
    return all;
  }

  /** All accounts of a name, whatever their host. */
  static List<MysqlAccount> ofName(MysqlSession session, String username) throws SQLException {
    return session.ask(
        "SELECT Host FROM mysql.user WHERE User = ? ORDER BY Host",
        row -> new MysqlAccount(username, row.getString(1)),
        username);
  }

  /** Ends the superuser's connection, which otherwise lives as long as the process. */
  @Override
  public void close() {
    pool.close();
  }
}

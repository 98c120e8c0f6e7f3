package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One user with two valid passwords, the new and the old one: MySQL's secondary password, or two
 * alternatives of authentication on MariaDB. No client is refused, whenever it reads the secret.
 *
 * <p>A superuser changes the passwords if a superuser secret is named, otherwise the user itself.
 */
public final class MysqlDualPasswordRotator implements OverlappingRotator, AutoCloseable {

  private final MysqlLogins logins;
  private final ProvenLogin proven;
  private final MysqlSuperusers superusers;
  private final boolean allHosts;

  /** With the settings of the function. */
  public MysqlDualPasswordRotator(RotationSettings settings) {
    this.logins = new MysqlLogins(settings);
    this.proven = new ProvenLogin(logins);
    this.superusers = new MysqlSuperusers(logins, proven, settings);
    this.allHosts = MysqlSettings.of(settings).allHosts();
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    MysqlSecret secret = MysqlSecret.read(current);
    return current.with("password", secret.usable(rotation.newPassword()));
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    MysqlSecret next = MysqlSecret.read(pending);
    MysqlSecret owner = next.loggedInAs(authority);
    if (!owner.username().equals(next.username())) {
      return rotation.refuse(
          "it is of user '%s' and AWSPENDING of '%s', but two passwords are of one user"
              .formatted(owner.username(), next.username()));
    }
    Secret current = rotation.current().secret("password");
    if (superusers.areNamedBy(pending)) {
      return superusers.lend(
          pending.with("password", owner.password()),
          rotation,
          MysqlSuperusers.Access.CHANGES,
          (session, accounts) ->
              bring(session, accounts, next.password(), List.of(current, owner.password())));
    }
    return asItself(
        owner,
        rotation,
        session -> {
          if (session.flavor() == Flavor.MYSQL) {
            return new OwnDualPassword(session, logins, rotation).bring(next, owner);
          }
          return bring(
              session,
              List.of(session.account()),
              next.password(),
              List.of(current, owner.password()));
        });
  }

  /** All changes are known before the first one is made. */
  private static Verdict bring(
      MysqlSession session, List<MysqlAccount> accounts, Secret next, List<Secret> inUse)
      throws SQLException {
    PasswordRules.require(session, next);
    List<Change> changes = new ArrayList<>();
    for (MysqlAccount account : accounts) {
      StoredPasswords stored = StoredPasswords.of(session, account);
      changes.addAll(stored.bring(next, stored.requireOneOf(inUse)));
    }
    PasswordRules.change(session, changes, next);
    return Verdict.ACCEPTED;
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return superusers.areNamedBy(candidate)
        ? proven.prove(candidate, rotation)
        : logins.with(
            MysqlSecret.read(candidate),
            MysqlLogins.Expired.STAYS_OUT,
            rotation,
            session -> Verdict.ACCEPTED);
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    MysqlSecret kept = MysqlSecret.read(current);
    MysqlSecret ended = kept.loggedInAs(old);
    if (!ended.username().equals(kept.username())) {
      rotation.log(
          "'%s' is not the user of this secret any more, and its password is left as it is"
              .formatted(ended.username()));
      return;
    }
    if (superusers.areNamedBy(current)) {
      superusers.lend(
          current,
          rotation,
          MysqlSuperusers.Access.CHANGES,
          (session, accounts) -> retire(session, accounts, ended.password(), kept.password()));
      return;
    }
    asItself(
        kept,
        rotation,
        session -> {
          if (session.flavor() == Flavor.MYSQL) {
            new OwnDualPassword(session, logins, rotation).retire(ended, kept);
            return Verdict.ACCEPTED;
          }
          return retire(session, List.of(session.account()), ended.password(), kept.password());
        });
  }

  private static Verdict retire(
      MysqlSession session, List<MysqlAccount> accounts, Secret old, Secret current)
      throws SQLException {
    List<Change> changes = new ArrayList<>();
    for (MysqlAccount account : accounts) {
      changes.addAll(StoredPasswords.of(session, account).retire(old, current));
    }
    PasswordRules.change(session, changes, current);
    return Verdict.ACCEPTED;
  }

  private Verdict asItself(MysqlSecret owner, Rotation rotation, MysqlLogins.Action action)
      throws InterruptedException {
    if (allHosts) {
      throw new RotationException(
          MISCONFIGURED,
          "%s=true needs a superuser, since a user can't change its accounts of other hosts; add 'masterarn' to the secret, or set SUPERUSER_SECRET_ARN"
              .formatted(MysqlSettings.ALL_HOSTS));
    }
    return logins.with(
        owner,
        MysqlLogins.Expired.MAY_CHANGE,
        rotation,
        session -> {
          try {
            return session.alone(rotation, owner.username(), () -> action.run(session));
          } catch (SQLException e) {
            if (MysqlErrors.lacksRight(e)) {
              throw mayNot(session, e);
            }
            throw e;
          }
        });
  }

  private static RotationException mayNot(MysqlSession session, SQLException failure) {
    return new RotationException(
        PRIVILEGE,
        "'%s' may not keep a second password (%s); GRANT %s ON *.* to it, or name a superuser secret by 'masterarn' or SUPERUSER_SECRET_ARN"
            .formatted(
                session.secret().username(),
                MysqlErrors.quote(failure),
                session.flavor() == Flavor.MYSQL ? "APPLICATION_PASSWORD_ADMIN" : "CREATE USER"),
        failure);
  }

  /** Ends the superuser's connection, which otherwise lives as long as the process. */
  @Override
  public void close() {
    superusers.close();
  }
}

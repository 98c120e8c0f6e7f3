package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import io.github.keyturn.jdbc.UserPair;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two users take turns: {@code app} and {@code app_clone}. While one is AWSCURRENT, a superuser
 * sets the other one's password, so a client with a replaced value keeps working until the next
 * rotation begins.
 *
 * <p>The clone has the original's rights, roles, limits and other options: they are compared in
 * each rotation and brought in line.
 */
public final class MysqlAlternatingUsersRotator implements Rotator, AutoCloseable {

  private final ProvenLogin proven;
  private final MysqlSuperusers superusers;
  private final boolean allHosts;
  private boolean lending;
  private @Nullable SecretDocument justProven;

  /** With the settings of the function. */
  public MysqlAlternatingUsersRotator(RotationSettings settings) {
    MysqlLogins logins = new MysqlLogins(settings);
    this.proven = new ProvenLogin(logins);
    this.superusers = new MysqlSuperusers(logins, proven, settings);
    this.allHosts = MysqlSettings.of(settings).allHosts();
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    MysqlSecret secret = MysqlSecret.read(current);
    UserPair pair = pair(secret);
    return current
        .with("username", pair.other(secret.username()))
        .with("password", secret.usable(rotation.newPassword()));
  }

  private static UserPair pair(MysqlSecret secret) {
    return UserPair.of(secret.username(), secret.flavor().engine());
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    MysqlSecret next = MysqlSecret.read(pending);
    MysqlSecret owner = next.loggedInAs(authority);
    UserPair pair = pair(owner);
    if (!pair.equals(pair(next))) {
      return rotation.refuse(
          "it is of user '%s', which does not take turns with AWSPENDING's '%s'"
              .formatted(owner.username(), next.username()));
    }
    if (owner.username().equals(next.username())
        && rotation.isCurrent(authority)
        && !authority.equals(pending)) {
      throw new RotationException(
          MISCONFIGURED,
          "AWSCURRENT and AWSPENDING are both of user '%s', so AWSCURRENT was moved since createSecret, and its clients would be locked out; remove AWSPENDING with UpdateSecretVersionStage and rotate again"
              .formatted(next.username()));
    }
    // the login is proven at the target itself, wherever an older version says that it is
    SecretDocument login =
        pending.with("username", owner.username()).with("password", owner.password());
    return lend(
        login,
        rotation,
        MysqlSuperusers.Access.CHANGES,
        (session, accounts) -> {
          try {
            List<MysqlPair> pairs = pairs(session, pair, accounts);
            for (MysqlPair each : allHosts ? pairs : List.<MysqlPair>of()) {
              StoredPasswords.of(session, each.account(owner.username()))
                  .requireOneOf(List.of(rotation.current().secret("password"), owner.password()));
            }
            set(pairs, next, session);
            return Verdict.ACCEPTED;
          } catch (MysqlPair.NoPairException e) {
            return rotation.refuse(String.valueOf(e.getMessage()));
          }
        });
  }

  private static void set(List<MysqlPair> pairs, MysqlSecret next, MysqlSession session)
      throws SQLException {
    boolean toClone = pair(next).isClone(next.username());
    List<MysqlPair> withoutClone = new ArrayList<>();
    for (MysqlPair pair : pairs) {
      if (!pair.requireConsent()) {
        withoutClone.add(pair);
      }
    }
    PasswordRules.require(session, next.password());
    for (MysqlPair pair : toClone ? withoutClone : List.<MysqlPair>of()) {
      pair.create(next.password());
    }
    for (MysqlPair pair : pairs) {
      if (toClone) {
        pair.bringCloneInLine();
      } else {
        pair.requireCloneAsProtected();
      }
      StoredPasswords stored = StoredPasswords.of(session, pair.account(next.username()));
      PasswordRules.change(session, stored.replace(next.password()), next.password());
    }
  }

  /** For the host of the login, or for each host that the original has. */
  private List<MysqlPair> pairs(MysqlSession session, UserPair names, List<MysqlAccount> accounts)
      throws SQLException {
    List<MysqlAccount> hosts =
        allHosts ? MysqlSuperusers.ofName(session, names.originalUser()) : accounts;
    List<MysqlPair> pairs = new ArrayList<>();
    for (MysqlAccount account : hosts) {
      pairs.add(new MysqlPair(session, names, account.host()));
    }
    return pairs;
  }

  /** The framework asks for the owner's login by check, which then has nothing else to look at. */
  private Verdict lend(
      SecretDocument owner,
      Rotation rotation,
      MysqlSuperusers.Access access,
      MysqlSuperusers.Action action)
      throws Exception {
    lending = true;
    try {
      return superusers.lend(owner, rotation, access, action);
    } finally {
      lending = false;
    }
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    if (candidate.equals(justProven)) {
      return Verdict.ACCEPTED;
    }
    MysqlSecret login = MysqlSecret.read(candidate);
    UserPair pair = pair(login);
    Verdict verdict = proven.prove(candidate, rotation);
    if (lending || verdict != Verdict.ACCEPTED || !pair.isClone(login.username())) {
      return verdict;
    }
    justProven = candidate;
    try {
      return compare(candidate, pair, rotation);
    } finally {
      justProven = null;
    }
  }

  /** A user can't see what others may do, so the superuser looks at both. */
  private Verdict compare(SecretDocument clone, UserPair pair, Rotation rotation) throws Exception {
    return lend(
        clone,
        rotation,
        MysqlSuperusers.Access.LOOKS,
        (session, accounts) -> {
          List<String> differences = new ArrayList<>();
          for (MysqlPair each : pairs(session, pair, accounts)) {
            differences.addAll(each.differencesOfClone());
          }
          if (differences.isEmpty()) {
            return Verdict.ACCEPTED;
          }
          rotation.log("'%s' %s".formatted(pair.cloneUser(), differences));
          return Verdict.INCOMPLETE;
        });
  }

  /** Ends the superuser's connection, which otherwise lives as long as the process. */
  @Override
  public void close() {
    superusers.close();
  }
}

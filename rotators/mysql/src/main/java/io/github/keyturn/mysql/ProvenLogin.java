package io.github.keyturn.mysql;

import io.github.keyturn.Rotation;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The account that the last login proved. Before a superuser is lent the framework lets the
 * secret's owner log in, and only that session knows for which of several hosts the server took it.
 * A function runs one step at a time.
 */
final class ProvenLogin {

  private final MysqlLogins logins;
  private volatile @Nullable Proof last;

  ProvenLogin(MysqlLogins logins) {
    this.logins = logins;
  }

  private record Proof(SecretDocument secret, MysqlAccount account) {}

  /** Logs in, and remembers as whom. */
  Verdict prove(SecretDocument secret, Rotation rotation) throws InterruptedException {
    last = null;
    return logins.with(
        MysqlSecret.read(secret),
        MysqlLogins.Expired.STAYS_OUT,
        rotation,
        session -> {
          last = new Proof(secret, session.account());
          return Verdict.ACCEPTED;
        });
  }

  /** Empty for a login that was let in for nothing but a new password. */
  Optional<MysqlAccount> account(SecretDocument secret) {
    return Optional.ofNullable(last)
        .filter(proof -> proof.secret().equals(secret))
        .map(Proof::account);
  }
}

package io.github.keyturn;

import java.util.Optional;

/**
 * Changes one kind of credential at one kind of target; the framework decides when.
 *
 * <p>Secrets Manager may run any step twice, at the same time, or again after a crash, so <b>every
 * method must be safe to repeat</b>. A refused login is an answer ({@link Verdict#REJECTED}); a
 * target that can't be asked is an exception. The framework takes the values that it knows out of
 * exceptions before they are logged; what the target issues it knows from {@link Rotation#issued}
 * on.
 *
 * <p>If the target can accept the old and the new value at the same time, implement {@link
 * OverlappingRotator} instead.
 */
public interface Rotator {

  /**
   * Makes the next value of the secret (step {@code createSecret}).
   *
   * <p>A value chosen by us is only made up here and is brought to the target by {@link #set}. A
   * value issued by the target is issued here: label it with {@link Rotation#token()}, which stays
   * the same over retries, and replace what already carries that label, so that a crash before the
   * value was stored leaves nothing behind.
   *
   * @param current the value of AWSCURRENT; return it {@link SecretDocument#with with} the changed
   *     fields, so that fields that are not yours survive
   */
  SecretDocument create(SecretDocument current, Rotation rotation) throws Exception;

  /**
   * Makes the target accept {@code pending}, logging in with {@code authority} (step {@code
   * setSecret}).
   *
   * <p>The framework calls this with one authority after the other, until one is not refused:
   * current, then pending (already in place after a retry), then every other version of the secret
   * that still has a value, newest first. It has made sure that {@code pending} and AWSCURRENT
   * agree in the fields that commonly name a target (engine, host, port, dbname, nodes, sentinels,
   * url, masterarn and the database identifiers); compare what is your own, such as user names,
   * with {@link Rotation#refuse}. Reach the target where {@code pending} says it is, since an older
   * version may say otherwise. A rotator that changes the target as a superuser does so inside
   * {@link Rotation#asSuperuser}.
   *
   * <p>The default is for values issued in {@link #create}: there is nothing left to set.
   *
   * @return {@link Verdict#ACCEPTED} when the target has what {@code pending} needs, whether it was
   *     changed now or before; {@link Verdict#REJECTED} when the target refused the authority's
   *     login, or it is not one that may change {@code pending}; nothing was changed then, except
   *     that a target of several nodes may have changed where it could, for the next authority to
   *     do the rest
   */
  default Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    return Verdict.ACCEPTED;
  }

  /**
   * Asks the target whether {@code candidate} is a full replacement (steps {@code setSecret} and
   * {@code testSecret}): it logs in, and it has everything that {@link #set} owes it besides the
   * password.
   *
   * @throws Exception when the target can't be asked: an outage is never {@link Verdict#REJECTED}
   */
  Verdict check(SecretDocument candidate, Rotation rotation) throws Exception;

  /**
   * The field under which a secret that is a bare string, and no JSON object, is seen. By default
   * there is none, and such a secret is an error.
   */
  default Optional<String> bareField() {
    return Optional.empty();
  }
}

package io.github.keyturn;

import java.util.Map;
import java.util.function.Supplier;

/**
 * The superuser secret, lent by {@link Rotation#asSuperuser} for as long as its action runs.
 *
 * @param login the secret's value
 * @param tags the secret's tags, read when asked for; they name the database of a secret that RDS
 *     manages
 */
public record Superuser(SecretDocument login, Supplier<Map<String, String>> tags) {

  /** What a rotator does as superuser. */
  @FunctionalInterface
  public interface Action {
    /** Changes the target, and says what {@link Rotator#set} shall say. */
    Verdict run(Superuser superuser) throws Exception;
  }
}

package io.github.keyturn.cli;

import io.github.keyturn.Rotation;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;

/** Dies of an error that quotes the secret. */
final class DyingRotator implements Rotator {

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    throw new AssertionError(current.secret("password").reveal());
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) {
    return Verdict.ACCEPTED;
  }
}

package io.github.keyturn.mysql;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;

/** Stub. */
public final class MysqlAlternatingUsersRotator implements Rotator {
  /** Stub. */
  public MysqlAlternatingUsersRotator(RotationSettings settings) {}

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    return current;
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return Verdict.ACCEPTED;
  }
}

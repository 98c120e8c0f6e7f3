package io.github.keyturn;

/** The overlapping kind: the target issues keys, and accepts each until it is revoked. */
class IssuingRotator implements OverlappingRotator {

  private final FakeTarget target;

  IssuingRotator(FakeTarget target) {
    this.target = target;
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    Secret key = rotation.newPassword();
    target.issue(rotation.token(), key);
    return current.with("password", key);
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return target.login(candidate);
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    target.revoke(old);
  }
}

package io.github.keyturn;

/** The plain kind: the target knows one password, and the new one ends the old one. */
class ExclusiveRotator implements Rotator {

  final FakeTarget target;

  ExclusiveRotator(FakeTarget target) {
    this.target = target;
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    return current.require("username", "password").with("password", rotation.newPassword());
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    Verdict login = target.login(authority);
    if (login != Verdict.REJECTED) {
      target.replaceBy(pending);
    }
    return login;
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return target.login(candidate);
  }
}

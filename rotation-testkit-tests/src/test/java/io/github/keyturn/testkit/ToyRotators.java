package io.github.keyturn.testkit;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.io.IOException;

/** Rotators of the toy server that keep the contract; the broken ones differ from these. */
final class ToyRotators {

  private ToyRotators() {}

  /** One password, which ends the one before. */
  static class OnePassword implements Rotator {

    @Override
    public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
      return current.with("password", rotation.newPassword());
    }

    @Override
    public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
        throws Exception {
      try (ToySession session = new ToySession(authority)) {
        if (!session.accepted()) {
          return Verdict.REJECTED;
        }
        session.ask("SET " + pending.text("password"));
      }
      try (ToySession session = new ToySession(pending)) {
        session.ask("GRANT");
        return Verdict.ACCEPTED;
      }
    }

    @Override
    public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
      try (ToySession session = new ToySession(candidate)) {
        if (!session.accepted()) {
          return Verdict.REJECTED;
        }
        return session.ask("USE").equals("OK") ? Verdict.ACCEPTED : Verdict.INCOMPLETE;
      }
    }
  }

  /** A new password beside the one before. */
  static class TwoPasswords implements OverlappingRotator {

    @Override
    public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
      return current.with("password", rotation.newPassword());
    }

    @Override
    public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
        throws Exception {
      try (ToySession session = new ToySession(authority)) {
        if (!session.accepted()) {
          return Verdict.REJECTED;
        }
        session.ask(command(pending.text("password"), authority.text("password")));
        return Verdict.ACCEPTED;
      }
    }

    String command(String newPassword, String oldPassword) {
      return "BOTH %s %s".formatted(newPassword, oldPassword);
    }

    @Override
    public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
      return logsIn(candidate) ? Verdict.ACCEPTED : Verdict.REJECTED;
    }

    @Override
    public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
        throws Exception {
      try (ToySession session = new ToySession(current)) {
        session.ask("SET " + current.text("password"));
      }
    }
  }

  /** Keys that the server issues, named by the rotation's token. */
  static class IssuedKeys implements OverlappingRotator {

    @Override
    public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
      String id = label(rotation);
      return current.with("keyId", id).with("password", issue(id, current));
    }

    String label(Rotation rotation) {
      return rotation.token();
    }

    static String issue(String id, SecretDocument login) throws IOException {
      try (ToySession session = new ToySession(login)) {
        if (!session.accepted()) {
          throw new IOException("the server issues no key to a stranger");
        }
        return session.ask("ISSUE " + id);
      }
    }

    @Override
    public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
      return logsIn(candidate) ? Verdict.ACCEPTED : Verdict.REJECTED;
    }

    @Override
    public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
        throws Exception {
      try (ToySession session = new ToySession(current)) {
        session.ask("REVOKE " + old.text("keyId"));
      }
    }
  }

  static boolean logsIn(SecretDocument candidate) throws IOException {
    try (ToySession session = new ToySession(candidate)) {
      return session.accepted();
    }
  }
}

package io.github.keyturn;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Something that is logged in to by password: it accepts some, counts logins, and can be down. */
final class FakeTarget {

  private final Outside outside;
  private final Set<String> accepted = new LinkedHashSet<>();
  private final Map<String, String> issued = new LinkedHashMap<>();
  private boolean down;
  private boolean rightsMissing;
  private int logins;
  private int refusedLogins;
  private int changes;
  private int lag;

  FakeTarget(Outside outside) {
    this.outside = outside;
  }

  // What a test prepares and looks at

  synchronized void accept(String password) {
    accepted.add(password);
  }

  synchronized void acceptOnly(String password) {
    accepted.clear();
    accepted.add(password);
  }

  synchronized void goDown() {
    down = true;
  }

  /** Who logs in lacks a right from now on. */
  synchronized void loseRights() {
    rightsMissing = true;
  }

  /** After each change, the first logins are still refused. */
  synchronized void lagBehind(int refusals) {
    lag = refusals;
  }

  synchronized boolean accepts(String password) {
    return accepted.contains(password);
  }

  synchronized Set<String> accepted() {
    return Set.copyOf(accepted);
  }

  synchronized int logins() {
    return logins;
  }

  synchronized int refusedLogins() {
    return refusedLogins;
  }

  synchronized int changes() {
    return changes;
  }

  // What a rotator sees

  synchronized Verdict login(SecretDocument candidate) throws IOException {
    String password = candidate.text("password");
    if (down) {
      throw new IOException("the target does not answer");
    }
    return outside.call(
        () -> {
          logins++;
          boolean tooEarly = changes > 0 && lag > 0;
          lag -= tooEarly ? 1 : 0;
          if (tooEarly || !accepted.contains(password)) {
            refusedLogins++;
            return Verdict.REJECTED;
          }
          return rightsMissing ? Verdict.INCOMPLETE : Verdict.ACCEPTED;
        });
  }

  synchronized void replaceBy(SecretDocument candidate) {
    String password = candidate.text("password");
    outside.call(
        () -> {
          acceptOnly(password);
          return ++changes;
        });
  }

  /** A key of this label takes the place of an earlier one of the same label. */
  synchronized void issue(String label, Secret key) {
    outside.call(
        () -> {
          String earlier = issued.put(label, key.reveal());
          if (earlier != null) {
            accepted.remove(earlier);
          }
          accepted.add(key.reveal());
          return ++changes;
        });
  }

  synchronized void revoke(SecretDocument old) {
    String password = old.text("password");
    outside.call(
        () -> {
          accepted.remove(password);
          return ++changes;
        });
  }
}

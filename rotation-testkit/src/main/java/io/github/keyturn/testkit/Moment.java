package io.github.keyturn.testkit;

import java.util.Locale;

/** Whether a call that is disturbed has had its effect. */
enum Moment {
  BEFORE,
  AFTER;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

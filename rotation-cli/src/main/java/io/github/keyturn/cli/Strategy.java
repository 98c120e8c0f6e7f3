package io.github.keyturn.cli;

import java.util.Locale;

/** The strategies of the demo, by the names that the documentation uses. */
enum Strategy {
  DUAL_PASSWORD,
  SINGLE_USER,
  ALTERNATING_USERS,
  ACL_USER,
  REQUIREPASS;

  /** Whether a client with the old value is never refused. */
  boolean overlaps() {
    return this != SINGLE_USER;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package io.github.keyturn.cli;

import java.util.Locale;

/** The strategies of the demo, by the names that the documentation uses. */
enum Strategy {
  SINGLE_USER,
  ALTERNATING_USERS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

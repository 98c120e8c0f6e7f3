package io.github.keyturn.benchmarks;

import java.util.Locale;

/**
 * How much of the machine a function gets.
 *
 * @param share of one core; 0 for a core without a limit
 */
record Speed(double share) {

  static final Speed FULL = new Speed(0);

  @Override
  public String toString() {
    return share == 0 ? "one core" : String.format(Locale.ROOT, "%.2f of a core", share);
  }
}

package io.github.keyturn.benchmarks;

import java.util.Locale;

/**
 * How much of the machine a function gets.
 *
 * @param share of one core; 0 for the whole machine
 */
record Speed(double share) {

  /** The function has a core for itself; we and the servers keep to the others. */
  private static final int CORE = Runtime.getRuntime().availableProcessors() - 1;

  static Speed parse(String text) {
    return new Speed(text.equals("full") ? 0 : Double.parseDouble(text));
  }

  String pin() {
    return share == 0 ? "" : "taskset -c " + CORE;
  }

  @Override
  public String toString() {
    return share == 0 ? "whole machine" : String.format(Locale.ROOT, "%.2f of a core", share);
  }
}

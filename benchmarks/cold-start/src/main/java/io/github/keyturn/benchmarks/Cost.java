package io.github.keyturn.benchmarks;

/** What something took: time on the clock, and CPU time of all processes and threads together. */
record Cost(long nanos, long cpuNanos) {

  static final Cost NOTHING = new Cost(0, 0);

  private static final double NANOS_PER_MILLI = 1_000_000;

  double millis() {
    return nanos / NANOS_PER_MILLI;
  }

  double cpuMillis() {
    return cpuNanos / NANOS_PER_MILLI;
  }

  Cost plus(Cost other) {
    return new Cost(nanos + other.nanos, cpuNanos + other.cpuNanos);
  }

  Cost dividedBy(int parts) {
    return new Cost(nanos / parts, cpuNanos / parts);
  }
}

package io.github.keyturn.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Many measurements of the same thing. */
final class Samples {

  private final List<Cost> costs = new ArrayList<>();

  void add(Cost cost, int unused) {
    costs.add(cost);
  }

  double median() {
    return quantile(0.5);
  }

  double quantile(double part) {
    List<Double> sorted = costs.stream().map(Cost::millis).sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.round(part * (sorted.size() - 1))));
  }

  double medianCpu() {
    List<Double> sorted = costs.stream().map(Cost::cpuMillis).sorted().toList();
    return sorted.get((sorted.size() - 1) / 2);
  }
}

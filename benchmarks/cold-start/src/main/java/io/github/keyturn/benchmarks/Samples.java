package io.github.keyturn.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Many measurements of the same thing. */
final class Samples {

  private final List<Double> values = new ArrayList<>();

  void add(double value) {
    values.add(value);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  double median() {
    return quantile(0.5);
  }

  double quantile(double part) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.round(part * (sorted.size() - 1)));
  }
}

package io.github.keyturn.benchmarks;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured, by figure and candidate; the first candidate is what others are compared to.
 */
final class Report {

  private static final double LOW = 0.1;
  private static final double HIGH = 0.9;

  private final String baseline;
  private final Map<String, Map<String, Samples>> figures = new LinkedHashMap<>();

  Report(String baseline) {
    this.baseline = baseline;
  }

  void add(String figure, String candidate, double value) {
    figures
        .computeIfAbsent(figure, any -> new LinkedHashMap<>())
        .computeIfAbsent(candidate, any -> new Samples())
        .add(value);
  }

  void print(PrintStream out) {
    out.printf("| | | median | 10 %% to 90 %% | ratio |%n|---|---|---|---|---|%n");
    figures.forEach(
        (figure, candidates) ->
            candidates.forEach(
                (candidate, samples) -> out.println(line(figure, candidate, samples))));
    out.println();
  }

  private String line(String figure, String candidate, Samples samples) {
    Samples base = figures.getOrDefault(figure, Map.of()).get(baseline);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.1f | %.1f to %.1f | %s |",
        figure,
        candidate,
        samples.median(),
        samples.quantile(LOW),
        samples.quantile(HIGH),
        base == null ? "" : String.format(Locale.ROOT, "%.2f", samples.median() / base.median()));
  }
}

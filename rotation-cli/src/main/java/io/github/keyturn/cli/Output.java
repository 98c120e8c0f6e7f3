package io.github.keyturn.cli;

import io.github.keyturn.Step;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Help.Ansi;

/** What a command prints; colours only on a terminal. */
final class Output {

  private static final int SHORT_ID = 8;

  private final PrintWriter out;

  Output(PrintWriter out) {
    this.out = out;
  }

  void headline(String text) {
    line("");
    line("@|bold " + text + "|@");
  }

  void line(String markup) {
    out.println(Ansi.AUTO.string(markup));
    out.flush();
  }

  void good(String text) {
    line("  @|green ok|@      " + text);
  }

  void bad(String text) {
    line("  @|red FAILED|@  " + text);
  }

  void note(String text) {
    line("          " + text);
  }

  void step(Step step, Duration duration, Map<String, Set<String>> labels) {
    good("%-13s%5d ms   %s".formatted(step.wireName(), duration.toMillis(), describe(labels)));
  }

  void stepFailed(Step step, Duration duration, String message) {
    bad("%-13s%5d ms   %s".formatted(step.wireName(), duration.toMillis(), message));
  }

  /** The labels by version, AWSCURRENT first: {@code AWSCURRENT=1b9d6bcd AWSPREVIOUS=9a8c…}. */
  static String describe(Map<String, Set<String>> labels) {
    Map<String, String> versions = new TreeMap<>();
    labels.forEach((version, names) -> names.forEach(name -> versions.put(name, shorten(version))));
    List<String> parts = new ArrayList<>();
    for (String label : List.of("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS")) {
      String version = versions.get(label);
      if (version != null) {
        parts.add("%s=@|cyan %s|@".formatted(label, version));
      }
    }
    return String.join("  ", parts);
  }

  static String shorten(String versionId) {
    return versionId.length() <= SHORT_ID ? versionId : versionId.substring(0, SHORT_ID);
  }
}

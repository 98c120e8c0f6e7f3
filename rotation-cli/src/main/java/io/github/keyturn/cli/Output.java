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
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;

/** What a command prints; colours only on a terminal. */
final class Output {

  private static final int SHORT_ID = 8;

  private final CommandSpec command;
  private final Ansi ansi;

  Output(CommandSpec command) {
    this.command = command;
    this.ansi = command.commandLine().getColorScheme().ansi();
  }

  void headline(String text) {
    line("");
    line(styled(text, Style.bold));
  }

  void line(String text) {
    PrintWriter out = command.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  void good(String text) {
    line("  " + styled("ok", Style.fg_green) + "      " + text);
  }

  void bad(String text) {
    line("  " + styled("FAILED", Style.fg_red) + "  " + text);
  }

  void note(String text) {
    line("          " + text);
  }

  void step(Step step, Duration duration, Map<String, Set<String>> labels) {
    good("%-13s%5d ms   %s".formatted(step.wireName(), duration.toMillis(), describe(labels)));
  }

  void stepFailed(Step step, Duration duration, String message) {
    bad(
        "%-13s%5d ms   %s"
            .formatted(step.wireName(), duration.toMillis(), message)
            .stripTrailing());
  }

  /** The labels by version, AWSCURRENT first: {@code AWSCURRENT=1b9d6bcd AWSPREVIOUS=9a8c…}. */
  private String describe(Map<String, Set<String>> labels) {
    Map<String, String> versions = new TreeMap<>();
    labels.forEach((version, names) -> names.forEach(name -> versions.put(name, shorten(version))));
    List<String> parts = new ArrayList<>();
    for (String label : List.of("AWSCURRENT", "AWSPENDING", "AWSPREVIOUS")) {
      String version = versions.get(label);
      if (version != null) {
        parts.add("%s=%s".formatted(label, styled(version, Style.fg_cyan)));
      }
    }
    return String.join("  ", parts);
  }

  /** Not by picocli's markup, which a text could contain by itself. */
  private String styled(String text, Style style) {
    return ansi.enabled() ? style.on() + text + style.off() : text;
  }

  static String shorten(String versionId) {
    return versionId.length() <= SHORT_ID ? versionId : versionId.substring(0, SHORT_ID);
  }
}

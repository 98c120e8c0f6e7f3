package io.github.keyturn.testkit;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code contract-report.html} and {@code contract-report.json}, over all contracts of a module.
 *
 * <p>Each contract leaves its part in a folder beside them, and makes the two files anew from all
 * parts that are there: so it does not matter how many processes a build runs its tests in, and
 * whether at the same time.
 */
final class ContractReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Path parts;

  /**
   * @param folder where the report goes: Maven's {@code target}
   */
  ContractReport(Path folder) {
    this.folder = folder;
    this.parts = folder.resolve("contract-report");
  }

  /** Adds or replaces the part of a contract. */
  void add(String contract, ContractResult result) throws IOException {
    synchronized (ContractReport.class) {
      Files.createDirectories(parts);
      try (FileChannel channel = FileChannel.open(parts.resolve("lock"), CREATE, WRITE)) {
        // Freed with the channel: the other processes of the build wait for it
        channel.lock();
        ObjectNode summary = summary(contract, result);
        Files.writeString(parts.resolve(contract + ".json"), JSON.writeValueAsString(summary));
        Files.writeString(parts.resolve(contract + ".html"), HtmlReport.table(contract, result));
        merge();
      }
    }
  }

  private void merge() throws IOException {
    ArrayNode summaries = JsonNodeFactory.instance.arrayNode();
    StringBuilder tables = new StringBuilder();
    for (Path part : parts()) {
      summaries.add(JSON.readTree(part.toFile()));
      String name = part.getFileName().toString().replaceAll("\\.json$", ".html");
      tables.append(Files.readString(parts.resolve(name)));
    }
    Files.writeString(
        folder.resolve("contract-report.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(summaries) + "\n");
    Files.writeString(
        folder.resolve("contract-report.html"), HtmlReport.page(summaries, tables.toString()));
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> files = Files.list(parts)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static ObjectNode summary(String contract, ContractResult result) {
    long stuck = result.count(Outcome.State.STUCK);
    ObjectNode summary =
        JsonNodeFactory.instance
            .objectNode()
            .put("rotator", result.rotator())
            .put("strategy", result.overlaps() ? "overlapping" : "exclusive")
            .put("contract", contract)
            .put("points", result.points())
            .put("triedOneIn", result.oneIn())
            .put("scenarios", result.outcomes().size())
            .put("converged", result.outcomes().size() - stuck)
            .put("stuck", stuck)
            .put("leaks", result.findings(Rule.R7).size())
            .put("orphans", result.findings(Rule.R6).size())
            .put("findings", result.findings().size())
            .put("notes", result.notes())
            .put("notReached", result.count(Outcome.State.NOT_REACHED));
    result
        .clients()
        .ifPresent(
            clients ->
                summary
                    .put("longestGapMillis", clients.fresh().longestGap().toMillis())
                    .put("logins", clients.fresh().logins())
                    .put("failedLogins", clients.fresh().failed())
                    .put("cachedLongestGapMillis", clients.cached().longestGap().toMillis())
                    .put("cachedLogins", clients.cached().logins())
                    .put("cachedFailedLogins", clients.cached().failed()));
    ObjectNode skipped = summary.putObject("skipped");
    result.skipped().forEach((rule, reason) -> skipped.put(rule.name(), reason));
    return summary.put("seconds", result.duration().toSeconds());
  }
}

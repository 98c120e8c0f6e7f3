package io.github.keyturn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The report as a page that needs nothing besides itself. Whatever is not ours is escaped. */
final class HtmlReport {

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>Contract report</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; }
      table { border-collapse: collapse; width: 100%; margin: 1em 0 3em; }
      th, td { border: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top; }
      th { background: #f3f3f3; position: sticky; top: 0; }
      .converged { color: #1a6b1a; }
      .stuck, .broken { color: #fff; background: #b00020; }
      .not-reached { color: #666; }
      .note { color: #666; }
      </style>
      </head>
      <body>
      <h1>Contract report</h1>
      <p>What was done to each rotator, and how the rotation ended. The rules R1 to R10 are in
      docs/contract.md.</p>
      """;

  /** The totals, by their names in the JSON report. */
  private static final Map<String, String> TOTALS = totals();

  private HtmlReport() {}

  private static Map<String, String> totals() {
    Map<String, String> totals = new LinkedHashMap<>();
    totals.put("rotator", "Rotator");
    totals.put("strategy", "Strategy");
    totals.put("points", "Injection points");
    totals.put("scenarios", "Scenarios");
    totals.put("converged", "Converged");
    totals.put("stuck", "Stuck");
    totals.put("leaks", "Leaks");
    totals.put("orphans", "Orphans");
    totals.put("longestGapMillis", "AWSCURRENT refused for up to (ms)");
    totals.put("seconds", "Time (s)");
    return totals;
  }

  static String page(ArrayNode summaries, String tables) {
    StringBuilder page = new StringBuilder(HEAD).append("<table>\n<tr>");
    TOTALS.values().forEach(title -> page.append(cell("th", "", title)));
    page.append("</tr>\n");
    for (JsonNode summary : summaries) {
      page.append("<tr>");
      TOTALS.keySet().forEach(name -> page.append(total(summary, name)));
      page.append("</tr>\n");
    }
    return page.append("</table>\n").append(tables).append("</body>\n</html>\n").toString();
  }

  private static String total(JsonNode summary, String name) {
    boolean bad =
        (name.equals("stuck") || name.equals("leaks") || name.equals("orphans"))
            && summary.path(name).asLong() > 0;
    return cell("td", bad ? "broken" : "", summary.path(name).asText("–"));
  }

  static String table(String contract, ContractResult result) {
    StringBuilder table = new StringBuilder();
    table.append("<h2>").append(escape(result.rotator())).append("</h2>\n<p>");
    table.append(escape(contract)).append(clients(result)).append(sample(result)).append("</p>\n");
    result
        .skipped()
        .values()
        .forEach(reason -> table.append("<p class=\"note\">" + escape(reason) + "</p>\n"));
    table.append("<table>\n<tr><th>What happened</th><th>And then</th><th>Outcome</th></tr>\n");
    byPlace(result.outcomes()).forEach((place, outcomes) -> appendRows(table, place, outcomes));
    return table.append("</table>\n").toString();
  }

  private static String clients(ContractResult result) {
    return result
        .clients()
        .map(
            clients ->
                ". Clients during rotations: with a fresh AWSCURRENT %s; with one cached for a TTL %s."
                    .formatted(words(clients.fresh()), words(clients.cached())))
        .map(HtmlReport::escape)
        .orElse("");
  }

  private static String sample(ContractResult result) {
    return result.oneIn() == 1 ? "" : " A sample: one in %d trials.".formatted(result.oneIn());
  }

  private static String words(Client.Seen seen) {
    return "%d of %d logins refused, for up to %d ms"
        .formatted(seen.failed(), seen.logins(), seen.longestGap().toMillis());
  }

  private static Map<String, List<Outcome>> byPlace(List<Outcome> outcomes) {
    return outcomes.stream()
        .collect(
            Collectors.groupingBy(
                Outcome::place, LinkedHashMap::new, Collectors.toCollection(ArrayList::new)));
  }

  private static void appendRows(StringBuilder table, String place, List<Outcome> outcomes) {
    String first = "<td rowspan=\"%d\">%s</td>".formatted(outcomes.size(), escape(place));
    for (Outcome outcome : outcomes) {
      table.append("<tr>").append(first);
      table.append(cell("td", "", outcome.scenario())).append(cell(outcome)).append("</tr>\n");
      first = "";
    }
  }

  private static String cell(Outcome outcome) {
    String name =
        switch (outcome.state()) {
          case CONVERGED -> "converged";
          case STUCK -> "stuck";
          case NOT_REACHED -> "not reached";
        };
    String style = outcome.findings().isEmpty() ? name.replace(' ', '-') : "broken";
    StringBuilder content = new StringBuilder(name);
    outcome.findings().forEach(finding -> content.append("\n").append(finding));
    outcome.notes().forEach(note -> content.append("\n").append(note));
    return cell("td", style, content.toString());
  }

  private static String cell(String element, String style, String text) {
    String attribute = style.isEmpty() ? "" : " class=\"%s\"".formatted(style);
    return "<%s%s>%s</%s>".formatted(element, attribute, escape(text), element);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;")
        .replace("\n", "<br>");
  }
}

package io.github.keyturn.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a contract found out about a rotator.
 *
 * @param oneIn one in how many trials was tried
 * @param skipped the rules that could not be tried, and why
 */
record ContractResult(
    String rotator,
    boolean overlaps,
    int oneIn,
    Optional<Rehearsal> rehearsal,
    Optional<Clients.Seen> clients,
    List<Outcome> outcomes,
    Map<Rule, String> skipped,
    Duration duration) {

  List<Finding> findings() {
    return outcomes.stream().flatMap(outcome -> outcome.findings().stream()).toList();
  }

  List<Finding> findings(Rule rule) {
    return findings().stream().filter(finding -> finding.rule() == rule).toList();
  }

  long notes() {
    return outcomes.stream().mapToLong(outcome -> outcome.notes().size()).sum();
  }

  long count(Outcome.State state) {
    return outcomes.stream().filter(outcome -> outcome.state() == state).count();
  }

  /** Every external call of the two rotations, before it and after it. */
  int points() {
    return rehearsal.stream()
        .flatMap(recorded -> recorded.rotations().stream())
        .mapToInt(rotation -> rotation.points().size() * Moment.values().length)
        .sum();
  }
}

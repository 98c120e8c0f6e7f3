package io.github.keyturn.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** All that a contract found out about a rotator. */
record ContractResult(
    String rotator,
    boolean overlaps,
    Optional<Rehearsal> rehearsal,
    List<Outcome> outcomes,
    Duration duration) {

  List<Finding> findings(Rule rule) {
    return outcomes.stream()
        .flatMap(outcome -> outcome.findings().stream())
        .filter(finding -> finding.rule() == rule)
        .toList();
  }

  long count(Outcome.State state) {
    return outcomes.stream().filter(outcome -> outcome.state() == state).count();
  }
}

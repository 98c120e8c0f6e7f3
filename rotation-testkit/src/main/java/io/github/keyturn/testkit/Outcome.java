package io.github.keyturn.testkit;

import java.util.List;

/**
 * How a trial ended.
 *
 * @param findings what broke a rule; empty when all is well
 * @param notes what a reader of the report should know besides
 */
record Outcome(
    Rule rule,
    String place,
    String scenario,
    State state,
    List<Finding> findings,
    List<String> notes) {

  enum State {
    /** The rotation came to its end, and the target accepts AWSCURRENT. */
    CONVERGED,
    /** It did not. */
    STUCK,
    /** The rotation did not come to the point where it was to be disturbed, and ended well. */
    NOT_REACHED
  }

  Outcome {
    findings = List.copyOf(findings);
    notes = List.copyOf(notes);
  }
}

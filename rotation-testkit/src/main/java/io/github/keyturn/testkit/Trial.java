package io.github.keyturn.testkit;

import java.time.Duration;

/**
 * One thing that goes wrong with one account, and what heals it.
 *
 * @param rule the rule that is broken when the rotation does not come to its end
 * @param place where it goes wrong, for the report
 * @param scenario what is done about it, for the report
 */
record Trial(Rule rule, String place, String scenario, Body body) {

  static final String NOTHING_ELSE = "nothing else";

  /** How long Lambda lets a step run. */
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** What is done with the stage; the judge is told what must hold. */
  @FunctionalInterface
  interface Body {
    void run(Stage stage, Judge judge) throws Exception;
  }

  String situation() {
    return scenario.equals(NOTHING_ELSE)
        ? "after " + place
        : "after %s and then %s".formatted(place, scenario);
  }
}

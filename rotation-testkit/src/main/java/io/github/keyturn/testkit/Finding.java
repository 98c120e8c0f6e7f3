package io.github.keyturn.testkit;

/**
 * What broke a rule.
 *
 * @param situation when it happened: "after a crash before …"
 * @param problem what was wrong, without secret values
 * @param likelyReason where its author should look first
 */
record Finding(Rule rule, String situation, String problem, String likelyReason) {

  @Override
  public String toString() {
    return "%s: %s, %s; likely reason: %s".formatted(rule, situation, problem, likelyReason);
  }
}

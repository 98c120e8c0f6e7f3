package io.github.keyturn.testkit;

/** The rules of {@code docs/contract.md}; tests and messages carry their numbers. */
enum Rule {
  R1("after a rotation the target accepts the current value"),
  R2("foreign fields survive"),
  R3("a crash before or after any external call is healed by running the steps again"),
  R4("an abandoned rotation breaks neither the next one nor the clients"),
  R5("every step twice is as once, also at the same time"),
  R6("crashes leave no credential that nobody knows"),
  R7("no failure and no log shows a secret"),
  R8("an unreachable target is an exception, not REJECTED"),
  R9("a wrong password is REJECTED, not an exception"),
  R10("overlapping: the old value works until it is retired");

  private final String words;

  Rule(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}

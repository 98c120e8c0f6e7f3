package io.github.keyturn.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some of a contract's trials, where there is no time for all of them. */
final class Sample {

  /** One in how many trials: {@code 7} tries every seventh. */
  static final String VARIABLE = "KEYTURN_CONTRACT_SAMPLE";

  private Sample() {}

  static int ofEnvironment() {
    return oneIn(System.getenv(VARIABLE));
  }

  static int oneIn(@Nullable String value) {
    if (value == null || value.isBlank()) {
      return 1;
    }
    try {
      int oneIn = Integer.parseInt(value.strip());
      if (oneIn >= 1) {
        return oneIn;
      }
    } catch (NumberFormatException e) {
      // falls through to the message below
    }
    throw new IllegalArgumentException(
        "%s is '%s'; it must be a whole number from 1 (all trials)".formatted(VARIABLE, value));
  }

  static List<Trial> oneIn(int oneIn, List<Trial> all) {
    List<Trial> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i += oneIn) {
      some.add(all.get(i));
    }
    return some;
  }
}

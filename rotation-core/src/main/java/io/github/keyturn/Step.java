package io.github.keyturn;

import java.util.Locale;
import java.util.Optional;

/**
 * The four steps of a rotation, in order.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html">
 *     Rotation by Lambda function</a>
 */
public enum Step {
  /** {@code createSecret}: a new value, stored under AWSPENDING. */
  CREATE("createSecret"),
  /** {@code setSecret}: the target learns the new value. */
  SET("setSecret"),
  /** {@code testSecret}: the new value works. */
  TEST("testSecret"),
  /** {@code finishSecret}: AWSCURRENT moves to the new value. */
  FINISH("finishSecret");

  private final String wireName;

  Step(String wireName) {
    this.wireName = wireName;
  }

  /** The name in the event that Secrets Manager sends. */
  public String wireName() {
    return wireName;
  }

  /** AWS's pages spell the steps in camel case and with underscores, so any spelling is taken. */
  static Optional<Step> parse(String text) {
    String name = text.replace("_", "").toLowerCase(Locale.ROOT);
    for (Step step : values()) {
      if (step.wireName.toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(step);
      }
    }
    return Optional.empty();
  }
}

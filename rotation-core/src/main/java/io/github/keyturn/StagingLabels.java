package io.github.keyturn;

/**
 * The staging labels that a rotation moves.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version">
 *     Secret versions</a>
 */
final class StagingLabels {

  static final String AWSCURRENT = "AWSCURRENT";
  static final String AWSPENDING = "AWSPENDING";
  static final String AWSPREVIOUS = "AWSPREVIOUS";

  private StagingLabels() {}
}

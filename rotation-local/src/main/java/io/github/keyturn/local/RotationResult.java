package io.github.keyturn.local;

/**
 * How a rotation, or the test of RotateImmediately=false, ended.
 *
 * @param secretArn the secret's full ARN
 * @param token the ClientRequestToken
 * @param attempts how many times the rotation was tried
 * @param message what the last failure said, or empty; the function's own words, if it was the one
 *     that failed
 */
public record RotationResult(
    String secretArn, String token, Outcome outcome, int attempts, String message) {

  /** The ways in which a rotation ends. */
  public enum Outcome {
    /** AWSCURRENT is on the new version; or the test passed. */
    SUCCEEDED,
    /** The last attempt failed. AWSPENDING stays, and RotateSecret tries again. */
    FAILED,
    /** PutSecretValue or UpdateSecret stored another current value meanwhile. */
    ABANDONED,
    /** CancelRotateSecret switched rotation off, or the secret or the model went away. */
    CANCELLED
  }
}

package io.github.keyturn.local;

/**
 * A rotation function as Secrets Manager sees it: it takes the event of one step and fails by
 * throwing. It is called from one thread at a time for a secret, and for several secrets at once.
 */
@FunctionalInterface
public interface RotationFunction {

  /**
   * Runs one step.
   *
   * @param event JSON with {@code Step}, {@code SecretId} (an ARN), {@code ClientRequestToken} and
   *     {@code RotationToken}; the last is a secret, so do not log the event
   * @throws Exception when the step failed; its message goes to the listeners
   */
  void invoke(byte[] event) throws Exception;
}

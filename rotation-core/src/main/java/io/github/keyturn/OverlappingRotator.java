package io.github.keyturn;

/** A rotator whose target accepts the old and the new value together until told otherwise. */
public interface OverlappingRotator extends Rotator {

  /**
   * Makes the target refuse {@code old}, and no other value.
   *
   * <p>Called only while {@link #check} still accepts {@code old}: at the next rotation or at
   * {@code finishSecret}, as {@link RetireOld} says. Repeating it is no error.
   *
   * @param old the value to end; what it shares with {@code current} must go on working
   * @param current the value of AWSCURRENT, to log in with
   */
  void retire(SecretDocument old, SecretDocument current, Rotation rotation) throws Exception;
}

package io.github.keyturn.local;

/**
 * Is told how rotations go, for whoever wants to show it. It is called from the thread of the
 * rotation, in order, while no lock is held. A step during which the rotation is abandoned or
 * cancelled has no end of its own: {@link #rotationEnded} tells.
 */
public interface RotationListener {

  /** A step is about to be invoked. */
  default void stepStarted(RotationStep step) {}

  /** The function returned; the step holds the labels as they are now. */
  default void stepSucceeded(RotationStep step) {}

  /** The function threw, or returned without having done its duty. */
  default void stepFailed(RotationStep step, Exception failure) {}

  /** The rotation is over, and will not be tried again by itself. */
  default void rotationEnded(RotationResult result) {}
}

package io.github.keyturn;

/** When an {@link OverlappingRotator} retires the value that was replaced. */
public enum RetireOld {
  /** At the next rotation: clients have a whole rotation interval to fetch the new value. */
  AT_NEXT_ROTATION,
  /**
   * As soon as the new value is AWSCURRENT: clients that cached the old one fail until they
   * refresh.
   */
  AT_FINISH
}

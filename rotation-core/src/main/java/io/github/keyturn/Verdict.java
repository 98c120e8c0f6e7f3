package io.github.keyturn;

/**
 * What the target said of a credential. "Could not ask" is not among them: that is an exception.
 */
public enum Verdict {
  /** It logs in and has everything that it needs. */
  ACCEPTED,
  /**
   * It logs in, but lacks something that {@link Rotator#set} owes it: a grant, a role, a setting,
   * one of several nodes.
   */
  INCOMPLETE,
  /** The target refuses it. */
  REJECTED
}

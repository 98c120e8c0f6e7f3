package io.github.keyturn.local.lambda;

/** What is heard of a process that runs a function. */
sealed interface Signal {

  /** It asks for an event: it is initialised, or has nothing more to do for the last one. */
  record Ready() implements Signal {}

  /** It is initialised and has run its hooks, and waits to be restored from a snapshot. */
  record Checkpoint() implements Signal {}

  /**
   * The function's answer to an event.
   *
   * @param payload its result, or the error envelope if it failed
   */
  record Answer(boolean failed, String payload) implements Signal {}

  /** It could not be initialised, or not be restored; the envelope says why. */
  record Broken(String envelope) implements Signal {}

  /** The process is gone. */
  record Ended(int status) implements Signal {}

  /** Nothing was heard in time. */
  record Silence() implements Signal {}
}

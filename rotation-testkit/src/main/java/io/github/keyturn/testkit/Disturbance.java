package io.github.keyturn.testkit;

/** What happens to a function at a point. */
enum Disturbance {
  /** The process ends: nothing external happens from then on. */
  CRASH("a crash"),
  /** The target is cut off; the function lives to see it. */
  OUTAGE("an outage that began"),
  /** One of several nodes is cut off. */
  NODE_OUTAGE("the loss of a node"),
  /** The thread is interrupted, and the call goes on. */
  INTERRUPT("an interrupt"),
  /** No answer comes; when its time is over, Lambda ends the function. */
  SILENCE("a time-out, waiting");

  private final String words;

  Disturbance(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}

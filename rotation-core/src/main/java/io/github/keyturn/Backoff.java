package io.github.keyturn;

import java.time.Duration;
import java.time.Instant;

/** Waits longer and longer between tries, until the patience or the time of the step is over. */
final class Backoff {

  private final Instant end;
  private final Deadline deadline;
  private Duration pause;

  Backoff(Duration firstPause, Duration patience, Deadline deadline) {
    this.pause = firstPause;
    this.end = Instant.now().plus(patience);
    this.deadline = deadline;
  }

  /** Whether another try is due, after a pause. */
  boolean pauseForAnotherTry() throws InterruptedException {
    long left = Duration.between(Instant.now(), end).toMillis();
    long next = Math.min(left, pause.toMillis());
    if (next <= 0 || deadline.left().toMillis() < next) {
      return false;
    }
    Thread.sleep(next);
    pause = pause.multipliedBy(2);
    return true;
  }
}

package io.github.keyturn.testkit;

import io.github.keyturn.SecretDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that logs in over and over with AWSCURRENT, which it reads again when its TTL is over.
 */
final class Client implements Runnable {

  /** Not to keep a processor busy where a login costs nothing. */
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final Stage stage;
  private final Duration ttl;
  private boolean stopped;
  private int reads;
  private int logins;
  private int failed;
  private Duration longestGap = Duration.ZERO;
  private Optional<Instant> refusedSince = Optional.empty();

  /**
   * What the client saw.
   *
   * @param longestGap the longest time between a refused login and the next one that was not
   */
  record Seen(int logins, int failed, Duration longestGap) {}

  Client(Stage stage, Duration ttl) {
    this.stage = stage;
    this.ttl = ttl;
  }

  @Override
  public void run() {
    try {
      while (!stopped()) {
        useOneRead();
        noteRead();
      }
    } finally {
      // nobody waits for a client that failed
      stop();
    }
  }

  private void useOneRead() {
    SecretDocument value = stage.current();
    Instant end = Instant.now().plus(ttl);
    do {
      note(logsIn(value));
      LockSupport.parkNanos(PAUSE.toNanos());
    } while (Instant.now().isBefore(end) && !stopped());
  }

  private boolean logsIn(SecretDocument value) {
    try {
      return stage.logsIn(value);
    } catch (Exception e) {
      // a client is not interested in the reason
      return false;
    }
  }

  private synchronized void note(boolean accepted) {
    Instant now = Instant.now();
    logins++;
    if (!accepted) {
      failed++;
      refusedSince = Optional.of(refusedSince.orElse(now));
    } else if (refusedSince.isPresent()) {
      Duration gap = Duration.between(refusedSince.get(), now);
      longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
      refusedSince = Optional.empty();
    }
  }

  private synchronized void noteRead() {
    reads++;
    notifyAll();
  }

  /** Waits until the client has done with a value that it has read after this call. */
  synchronized void awaitNewRead() throws InterruptedException {
    // the one under way may be of an older value
    int next = reads + 2;
    while (reads < next && !stopped) {
      wait();
    }
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  private synchronized boolean stopped() {
    return stopped;
  }

  synchronized Seen seen() {
    return new Seen(logins, failed, longestGap);
  }
}

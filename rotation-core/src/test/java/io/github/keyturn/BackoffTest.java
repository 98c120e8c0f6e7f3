package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final Duration PATIENCE = Duration.ofMillis(250);

  @Test
  @DisplayName("The last try comes when the patience ends, not long before")
  void usesTheWholePatience() throws Exception {
    Backoff backoff = new Backoff(Duration.ofMillis(100), PATIENCE, Deadline.of(null));
    Instant start = Instant.now();

    int tries = 0;
    while (backoff.pauseForAnotherTry()) {
      tries++;
    }

    assertThat(tries).isEqualTo(2);
    assertThat(Duration.between(start, Instant.now()))
        .isBetween(PATIENCE.minusMillis(5), PATIENCE.multipliedBy(4));
  }

  @Test
  void doesNotWaitWithoutPatience() throws Exception {
    Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ZERO, Deadline.of(null));

    assertThat(backoff.pauseForAnotherTry()).isFalse();
  }

  @Test
  void doesNotWaitPastTheDeadline() throws Exception {
    Deadline soon = new Deadline(Instant.now().plusMillis(50));

    assertThat(new Backoff(Duration.ofMillis(100), PATIENCE, soon).pauseForAnotherTry()).isFalse();
  }
}

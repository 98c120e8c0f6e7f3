package io.github.keyturn.testkit;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Two clients that log in over and over while an account is rotated. */
final class Clients {

  private static final int ROTATIONS = 5;
  private static final Duration TTL = Duration.ofMillis(100);

  private Clients() {}

  /**
   * What the clients saw.
   *
   * @param fresh reads AWSCURRENT before each login
   * @param cached reads AWSCURRENT once a TTL, which is shorter than the time between rotations
   */
  record Seen(Client.Seen fresh, Client.Seen cached) {}

  /**
   * @param asserted whether each refused login is a finding; otherwise they are counted only
   */
  static Trial trial(boolean asserted, ExecutorService threads, Consumer<Seen> result) {
    return new Trial(
        Rule.R10,
        "%d rotations, with clients that log in all the time".formatted(ROTATIONS),
        Trial.NOTHING_ELSE,
        (stage, judge) -> {
          Client fresh = new Client(stage, Duration.ZERO);
          Client cached = new Client(stage, TTL);
          Future<?> first = threads.submit(fresh);
          Future<?> second = threads.submit(cached);
          String token = "";
          for (int i = 0; i < ROTATIONS; i++) {
            fresh.awaitNewRead();
            cached.awaitNewRead();
            token = stage.rotate();
          }
          fresh.stop();
          cached.stop();
          first.get();
          second.get();
          Seen seen = new Seen(fresh.seen(), cached.seen());
          result.accept(seen);
          if (asserted) {
            requireNoFailure("that reads AWSCURRENT before each login", seen.fresh(), judge);
            requireNoFailure("that caches AWSCURRENT for a TTL", seen.cached(), judge);
          }
          judge.finished(token);
        });
  }

  private static void requireNoFailure(String client, Client.Seen seen, Judge judge) {
    if (seen.failed() > 0) {
      judge.broken(
          Rule.R10,
          "a client %s was refused in %d of %d logins, for up to %d ms"
              .formatted(client, seen.failed(), seen.logins(), seen.longestGap().toMillis()),
          "the old value ends before the new one is AWSCURRENT, or with it: end it in retire only,"
              + " and retire the old value only");
    }
  }
}

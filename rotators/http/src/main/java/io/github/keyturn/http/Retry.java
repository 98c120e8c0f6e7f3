package io.github.keyturn.http;

import java.util.Set;
import java.util.TreeSet;

/**
 * When a request is sent again: with the pause that {@code Retry-After} asks for, or a growing one.
 *
 * @param attempts how often it is sent at most
 */
record Retry(Set<Integer> statuses, int attempts) {

  /** What a busy server says. */
  static final Retry STANDARD = new Retry(Set.of(429, 502, 503, 504), 3);

  /** For requests that must not be done twice: only where the server has not begun. */
  static final Retry CAREFUL = new Retry(Set.of(429), 3);

  private static final int MOST_ATTEMPTS = 10;

  static Retry parse(Node node) {
    node.only(Fields.RETRY);
    Set<Integer> statuses = new TreeSet<>();
    for (Node status : node.get("statuses").items()) {
      statuses.add(status.integer(400, 599));
    }
    return new Retry(statuses, node.get("attempts").integer(1, MOST_ATTEMPTS));
  }
}

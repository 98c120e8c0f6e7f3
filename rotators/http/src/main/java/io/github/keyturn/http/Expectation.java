package io.github.keyturn.http;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must look like.
 *
 * @param json conditions for APIs that answer 200 with an error inside
 */
record Expectation(Set<Integer> statuses, List<Condition> json) {

  private static final int LEAST_STATUS = 200;
  private static final int GREATEST_STATUS = 599;

  static Expectation parse(Node node) {
    node.only(Fields.EXPECTATION);
    Set<Integer> statuses = new TreeSet<>();
    for (Node status : node.get("status").items()) {
      statuses.add(status.integer(LEAST_STATUS, GREATEST_STATUS));
    }
    if (statuses.isEmpty()) {
      throw node.get("status").wrong("must name at least one status");
    }
    return new Expectation(
        statuses, node.find("json").map(Condition::parseAll).orElseGet(List::of));
  }

  Stream<Placeholder> placeholders() {
    return json.stream().flatMap(Condition::placeholders);
  }

  boolean matches(int status, @Nullable Object body, Values values) {
    return statuses.contains(status)
        && json.stream().allMatch(condition -> condition.holds(body, values));
  }
}

package io.github.keyturn.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place in a JSON value.
 *
 * @param text as it was written: empty for the whole value, else {@code /data/0/id}
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>
 */
record JsonPointer(String text, List<String> steps) {

  private static final int LONGEST_INDEX = 9;

  /** Empty when the text is no pointer. */
  static Optional<JsonPointer> parse(String text) {
    if (text.isEmpty()) {
      return Optional.of(new JsonPointer(text, List.of()));
    }
    if (text.charAt(0) != '/' || text.matches(".*~(?![01]).*")) {
      return Optional.empty();
    }
    List<String> steps = new ArrayList<>();
    for (String step : text.substring(1).split("/", -1)) {
      steps.add(step.replace("~1", "/").replace("~0", "~"));
    }
    return Optional.of(new JsonPointer(text, List.copyOf(steps)));
  }

  /** What is there; null when nothing is, or JSON's null. */
  @Nullable Object find(@Nullable Object value) {
    Object found = value;
    for (String step : steps) {
      if (found instanceof Map<?, ?> fields) {
        found = fields.get(step);
      } else if (found instanceof List<?> items && isIndex(step, items.size())) {
        found = items.get(Integer.parseInt(step));
      } else {
        return null;
      }
    }
    return found;
  }

  private static boolean isIndex(String step, int size) {
    return step.length() <= LONGEST_INDEX
        && step.matches("0|[1-9][0-9]*")
        && Integer.parseInt(step) < size;
  }

  @Override
  public String toString() {
    return text.isEmpty() ? "the whole answer" : text;
  }
}

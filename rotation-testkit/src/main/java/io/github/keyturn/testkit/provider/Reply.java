package io.github.keyturn.testkit.provider;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a profile answers.
 *
 * @param body of maps, lists, texts, numbers and booleans; null for none
 */
record Reply(int status, @Nullable Object body, Map<String, String> headers) {

  static Reply of(int status) {
    return new Reply(status, null, Map.of());
  }

  static Reply of(int status, Object body) {
    return new Reply(status, body, Map.of());
  }

  Reply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Reply(status, body, more);
  }

  /** A JSON object of names and values in turn; a null value is JSON's null. */
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }

  /** The part of a list that a page has. */
  static <T> List<T> page(List<T> all, int from, int size) {
    return all.subList(Math.min(from, all.size()), Math.min(from + size, all.size()));
  }
}

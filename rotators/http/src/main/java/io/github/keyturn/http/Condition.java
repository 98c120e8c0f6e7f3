package io.github.keyturn.http;

import io.github.keyturn.internal.Json.NumberLiteral;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that a JSON value must say.
 *
 * @param equals what must stand there; null when nothing may
 */
record Condition(JsonPointer pointer, @Nullable JsonTemplate equals) {

  private static final Set<Source> SOURCES = EnumSet.of(Source.SECRET, Source.SETTING);

  static List<Condition> parseAll(Node node) {
    return node.items().stream().map(Condition::parse).toList();
  }

  private static Condition parse(Node node) {
    node.only(Fields.CONDITION);
    JsonPointer pointer = node.get("pointer").pointer();
    if (node.oneOf(Set.of("equals", "absent")).equals("absent")) {
      if (!node.get("absent").isTrue()) {
        throw node.get("absent").wrong("must be true; use 'equals' for what must be there");
      }
      return new Condition(pointer, null);
    }
    Node expected = node.get("equals");
    if (expected.value() instanceof Map || expected.value() instanceof List) {
      throw expected.wrong("must be a text, a number or a boolean");
    }
    return new Condition(pointer, JsonTemplate.parse(expected, SOURCES));
  }

  Stream<Placeholder> placeholders() {
    return equals == null ? Stream.of() : equals.placeholders();
  }

  /** A number and a text of the same digits are the same. */
  boolean holds(@Nullable Object json, Values values) {
    Object found = pointer.find(json);
    if (equals == null) {
      return found == null || (found instanceof List<?> items && items.isEmpty());
    }
    return found != null
        && isScalar(found)
        && found.toString().equals(String.valueOf(equals.fill(values)));
  }

  private static boolean isScalar(Object value) {
    return value instanceof String || value instanceof Boolean || value instanceof NumberLiteral;
  }

  /** What was expected, without what was found, which nobody has looked at. */
  @Override
  public String toString() {
    return equals == null ? "nothing at " + pointer : "the expected value at " + pointer;
  }
}

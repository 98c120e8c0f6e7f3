package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.internal.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A value in a definition, and where it stands there, for messages.
 *
 * @param origin the definition's name or file
 * @param path a JSON pointer
 */
record Node(String origin, String path, @Nullable Object value) {

  private static final int LONGEST_QUOTE = 60;

  RotationException wrong(String problem) {
    return new RotationException(
        MISCONFIGURED,
        "the provider definition %s%s %s"
            .formatted(origin, path.isEmpty() ? "" : " at " + path, problem));
  }

  // Objects

  /** Checks that this is an object with no other fields than these. */
  Node only(Fields known) {
    for (String name : fields().keySet()) {
      if (!known.names().contains(name)) {
        throw at(name).wrong("is an unknown field; known here are " + known.names());
      }
    }
    return this;
  }

  private Map<?, ?> object() {
    if (value instanceof Map<?, ?> fields) {
      return fields;
    }
    throw wrong("must be an object");
  }

  boolean has(String name) {
    return object().get(name) != null;
  }

  /** The field, which must be there. */
  Node get(String name) {
    return find(name).orElseThrow(() -> wrong("has no field '%s'; add it".formatted(name)));
  }

  Optional<Node> find(String name) {
    return has(name) ? Optional.of(at(name)) : Optional.empty();
  }

  private Node at(String name) {
    return new Node(
        origin, path + "/" + name.replace("~", "~0").replace("/", "~1"), object().get(name));
  }

  /** All fields of an object whose names the definition chooses. */
  Map<String, Node> fields() {
    Map<String, Node> fields = new LinkedHashMap<>();
    object().keySet().forEach(name -> fields.put(String.valueOf(name), at(String.valueOf(name))));
    return fields;
  }

  /** Checks that exactly one of these fields is there, and gives its name. */
  String oneOf(Set<String> names) {
    List<String> present = names.stream().filter(this::has).toList();
    if (present.size() != 1) {
      throw wrong("must have exactly one of %s, but has %s".formatted(names, present));
    }
    return present.get(0);
  }

  // Lists

  List<Node> items() {
    if (!(value instanceof List<?> list)) {
      throw wrong("must be a list");
    }
    List<Node> items = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      items.add(new Node(origin, path + "/" + i, list.get(i)));
    }
    return items;
  }

  // Scalars

  String text() {
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    throw wrong("must be a text that is not blank");
  }

  int integer(int least, int most) {
    if (value instanceof Json.NumberLiteral number) {
      try {
        int found = Integer.parseInt(number.text());
        if (found >= least && found <= most) {
          return found;
        }
      } catch (NumberFormatException e) {
        // falls through to the message below
      }
    }
    throw wrong("must be a whole number from %d to %d".formatted(least, most));
  }

  boolean isTrue() {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong("must be true or false");
  }

  JsonPointer pointer() {
    if (!(value instanceof String text)) {
      throw wrong("must be a JSON pointer such as /data/id");
    }
    return JsonPointer.parse(text)
        .orElseThrow(
            () ->
                wrong(
                    "is %s; it must be a JSON pointer such as /data/id, or empty for the whole answer"
                        .formatted(quote(text))));
  }

  /** One of an enum's values, written in lower case with hyphens. */
  <E extends Enum<E>> E choice(Class<E> type) {
    String text = text();
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> written(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                wrong(
                    "is %s; it must be one of %s"
                        .formatted(
                            quote(text),
                            Arrays.stream(type.getEnumConstants())
                                .map(Node::written)
                                .collect(Collectors.joining(", ")))));
  }

  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String quote(String text) {
    return text.length() <= LONGEST_QUOTE
        ? "'%s'".formatted(text)
        : "'%s…'".formatted(text.substring(0, LONGEST_QUOTE));
  }
}

package io.github.keyturn.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value whose texts are {@link Template}s: maps, lists, templates, and other values as they
 * are. Values are put into the tree, never into its text, so they can't end what they stand in.
 */
record JsonTemplate(@Nullable Object value) {

  static JsonTemplate parse(Node node, Set<Source> allowed) {
    return new JsonTemplate(template(node, allowed));
  }

  private static @Nullable Object template(Node node, Set<Source> allowed) {
    if (node.value() instanceof Map) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      node.fields().forEach((name, field) -> fields.put(name, template(field, allowed)));
      return fields;
    }
    if (node.value() instanceof List) {
      List<@Nullable Object> items = new ArrayList<>();
      node.items().forEach(item -> items.add(template(item, allowed)));
      return items;
    }
    return node.value() instanceof String text ? Template.parse(node, text, allowed) : node.value();
  }

  Stream<Placeholder> placeholders() {
    return placeholders(value);
  }

  private static Stream<Placeholder> placeholders(@Nullable Object value) {
    if (value instanceof Map<?, ?> fields) {
      return fields.values().stream().flatMap(JsonTemplate::placeholders);
    }
    if (value instanceof List<?> items) {
      return items.stream().flatMap(JsonTemplate::placeholders);
    }
    return value instanceof Template template ? template.placeholders() : Stream.of();
  }

  /** The value with everything filled in; fields and items without a value are left out. */
  @Nullable Object fill(Values values) {
    return fill(value, values);
  }

  private static @Nullable Object fill(@Nullable Object part, Values values) {
    if (part instanceof Map<?, ?> fields) {
      Map<String, @Nullable Object> filled = new LinkedHashMap<>();
      fields.forEach(
          (name, field) -> {
            Object found = fill(field, values);
            if (found != null || field == null) {
              filled.put(String.valueOf(name), found);
            }
          });
      return filled;
    }
    if (part instanceof List<?> items) {
      List<@Nullable Object> filled = new ArrayList<>();
      for (Object item : items) {
        Object found = fill(item, values);
        if (found != null || item == null) {
          filled.add(found);
        }
      }
      return filled;
    }
    return part instanceof Template template ? template.fillJson(values) : part;
  }
}

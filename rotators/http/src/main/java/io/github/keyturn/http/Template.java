package io.github.keyturn.http;

import io.github.keyturn.internal.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A text with {@code ${placeholders}}. */
record Template(List<Part> parts) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");

  /** A piece of the text: a literal or a placeholder. */
  sealed interface Part permits Literal, Filled {}

  record Literal(String text) implements Part {}

  record Filled(Placeholder placeholder) implements Part {}

  /** Reads a text that may use these sources. */
  static Template parse(Node node, Set<Source> allowed) {
    return parse(node, node.text(), allowed);
  }

  static Template parse(Node node, String text, Set<Source> allowed) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = PLACEHOLDER.matcher(text);
    int end = 0;
    while (matcher.find()) {
      addLiteral(node, text.substring(end, matcher.start()), parts);
      parts.add(new Filled(placeholder(node, matcher.group(1), allowed)));
      end = matcher.end();
    }
    addLiteral(node, text.substring(end), parts);
    return new Template(List.copyOf(parts));
  }

  private static void addLiteral(Node node, String text, List<Part> parts) {
    if (text.contains("${")) {
      throw node.wrong("has a '${' without its '}'");
    }
    if (!text.isEmpty()) {
      parts.add(new Literal(text));
    }
  }

  private static Placeholder placeholder(Node node, String text, Set<Source> allowed) {
    return Placeholder.parse(text)
        .filter(placeholder -> allowed.contains(placeholder.source()))
        .orElseThrow(
            () ->
                node.wrong(
                    "uses ${%s}, which is unknown here; it may use %s"
                        .formatted(text, Source.words(allowed))));
  }

  Stream<Placeholder> placeholders() {
    return parts.stream()
        .flatMap(
            part -> part instanceof Filled filled ? Stream.of(filled.placeholder()) : Stream.of());
  }

  boolean uses(Source source) {
    return placeholders().anyMatch(placeholder -> placeholder.source() == source);
  }

  /** The text with every value escaped; null when an optional value is missing. */
  @Nullable String fill(Values values, Escape escape) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Literal literal) {
        text.append(literal.text());
      } else if (part instanceof Filled filled) {
        Object value = values.get(filled.placeholder());
        if (value == null) {
          return null;
        }
        text.append(escape.apply(written(value)));
      }
    }
    return text.toString();
  }

  /** The same, where a placeholder that stands alone keeps its type. */
  @Nullable Object fillJson(Values values) {
    return parts.size() == 1 && parts.get(0) instanceof Filled filled
        ? values.get(filled.placeholder())
        : fill(values, Escape.NONE);
  }

  private static String written(Object value) {
    return value instanceof Map || value instanceof List ? Json.write(value) : value.toString();
  }

  /** As it stands in the definition. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(
          part instanceof Literal literal
              ? literal.text()
              : part instanceof Filled filled ? filled.placeholder().toString() : "");
    }
    return text.toString();
  }
}

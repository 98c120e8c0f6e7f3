package io.github.keyturn.http;

import java.util.Optional;
import java.util.Set;

/**
 * {@code ${secret.apiKey}}: a value to be filled in.
 *
 * @param field empty for {@code ${name}}
 * @param optional written with a question mark at the end: what it stands in is left out when there
 *     is no value
 */
record Placeholder(Source source, String field, boolean optional) {

  private static final Set<String> KEY_FIELDS = Set.of("id", "value");
  private static final Set<String> EXPIRY_FIELDS = Set.of("date", "time", "hours", "seconds");

  /** Empty when there is no such placeholder. */
  static Optional<Placeholder> parse(String text) {
    boolean optional = text.endsWith("?");
    String name = optional ? text.substring(0, text.length() - 1) : text;
    int dot = name.indexOf('.');
    String field = dot < 0 ? "" : name.substring(dot + 1);
    return Source.of(dot < 0 ? name : name.substring(0, dot))
        .filter(source -> isFieldOf(source, field, dot >= 0))
        .map(source -> new Placeholder(source, field, optional));
  }

  private static boolean isFieldOf(Source source, String field, boolean given) {
    return switch (source) {
      case NAME -> !given;
      case KEY -> KEY_FIELDS.contains(field);
      case EXPIRY -> EXPIRY_FIELDS.contains(field);
      case SECRET, ADMIN, SETTING, DESCRIBED -> !field.isBlank();
    };
  }

  @Override
  public String toString() {
    return "${%s%s}".formatted(source.word(), field.isEmpty() ? "" : "." + field);
  }
}

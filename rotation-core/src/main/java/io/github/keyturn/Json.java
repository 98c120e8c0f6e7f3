package io.github.keyturn;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON, without reflection and with two classes: a library's reader costs a fifth
 * of a cold start.
 */
final class Json {

  private static final int FIRST_PRINTABLE = 0x20;
  private static final String HEX_DIGITS = "0123456789ABCDEF";

  private Json() {}

  /** A number as it was written, so that it survives unchanged. */
  record NumberLiteral(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The fields of a JSON object, in order: texts, booleans, {@link NumberLiteral}s, lists, maps and
   * nulls.
   *
   * @throws NotAnObjectException for anything else; it quotes nothing of what was read, which for a
   *     secret is the secret
   */
  static Map<String, @Nullable Object> parseObject(String text) throws NotAnObjectException {
    return new JsonReader(text).object();
  }

  static String write(Map<String, @Nullable Object> fields) {
    StringBuilder text = new StringBuilder();
    writeObject(fields, text);
    return text.toString();
  }

  /** A text as it stands between the quotes. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    escape(text, escaped);
    return escaped.toString();
  }

  private static void writeValue(@Nullable Object value, StringBuilder to) {
    if (value instanceof Map<?, ?> fields) {
      writeObject(fields, to);
    } else if (value instanceof List<?> items) {
      writeList(items, to);
    } else if (value instanceof String text) {
      to.append('"');
      escape(text, to);
      to.append('"');
    } else {
      to.append(value);
    }
  }

  private static void writeObject(Map<?, ?> fields, StringBuilder to) {
    String separator = "{\"";
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      to.append(separator);
      escape(String.valueOf(field.getKey()), to);
      to.append("\":");
      writeValue(field.getValue(), to);
      separator = ",\"";
    }
    to.append(fields.isEmpty() ? "{}" : "}");
  }

  private static void writeList(List<?> items, StringBuilder to) {
    String separator = "[";
    for (Object item : items) {
      to.append(separator);
      writeValue(item, to);
      separator = ",";
    }
    to.append(items.isEmpty() ? "[]" : "]");
  }

  private static void escape(String text, StringBuilder to) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"', '\\' -> to.append('\\').append(character);
        case '\b' -> to.append("\\b");
        case '\t' -> to.append("\\t");
        case '\n' -> to.append("\\n");
        case '\f' -> to.append("\\f");
        case '\r' -> to.append("\\r");
        default -> {
          if (character < FIRST_PRINTABLE) {
            to.append("\\u00")
                .append(HEX_DIGITS.charAt(character >> 4))
                .append(HEX_DIGITS.charAt(character & 0xf));
          } else {
            to.append(character);
          }
        }
      }
    }
  }

  /** The text is no JSON object; the message completes a sentence and quotes nothing. */
  static final class NotAnObjectException extends Exception {
    private static final long serialVersionUID = 1;

    NotAnObjectException(String message) {
      super(message);
    }

    String problem() {
      return String.valueOf(getMessage());
    }
  }
}

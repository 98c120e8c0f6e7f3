package io.github.keyturn.internal;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON, without reflection and without a library: the SDK's takes 30 ms of each
 * cold start to load. A value is a text, a boolean, a {@link NumberLiteral}, a list, a map or null.
 */
public final class Json {

  private static final int FIRST_PRINTABLE = 0x20;
  private static final String HEX_DIGITS = "0123456789ABCDEF";

  private Json() {}

  /** A number as it was written, so that it survives unchanged. */
  public record NumberLiteral(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The fields of a JSON object, in their order.
   *
   * @throws NotJsonException for anything else
   */
  public static Map<String, @Nullable Object> parseObject(String text) throws NotJsonException {
    return new JsonReader(text).object();
  }

  /**
   * A value of any kind.
   *
   * @throws NotJsonException when the text is no JSON
   */
  public static @Nullable Object parse(String text) throws NotJsonException {
    return new JsonReader(text).value();
  }

  /** The JSON of a value. */
  public static String write(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    writeValue(value, text);
    return text.toString();
  }

  /** A text as it stands between the quotes. */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    escape(text, escaped);
    return escaped.toString();
  }

  private static void writeValue(@Nullable Object value, StringBuilder to) {
    if (value instanceof Map<?, ?> fields) {
      writeObject(fields, to);
    } else if (value instanceof List<?> items) {
      writeList(items, to);
    } else if (value instanceof NumberLiteral || value instanceof Boolean) {
      to.append(value);
    } else if (value instanceof String text) {
      writeText(text, to);
    } else {
      to.append("null");
    }
  }

  private static void writeObject(Map<?, ?> fields, StringBuilder to) {
    to.append('{');
    boolean first = true;
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      if (!first) {
        to.append(',');
      }
      first = false;
      writeText(String.valueOf(field.getKey()), to);
      to.append(':');
      writeValue(field.getValue(), to);
    }
    to.append('}');
  }

  private static void writeList(List<?> items, StringBuilder to) {
    to.append('[');
    boolean first = true;
    for (Object item : items) {
      if (!first) {
        to.append(',');
      }
      first = false;
      writeValue(item, to);
    }
    to.append(']');
  }

  private static void writeText(String text, StringBuilder to) {
    to.append('"');
    escape(text, to);
    to.append('"');
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
          if (character < FIRST_PRINTABLE || isUnpaired(text, i)) {
            to.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
              to.append(HEX_DIGITS.charAt((character >> shift) & 0xf));
            }
          } else {
            to.append(character);
          }
        }
      }
    }
  }

  /** Half of a character: UTF-8 has no bytes for it. */
  private static boolean isUnpaired(String text, int i) {
    char character = text.charAt(i);
    if (Character.isHighSurrogate(character)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(character)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }

  /**
   * The text is not the JSON that it should be. The message completes a sentence and quotes nothing
   * of the text, which for a secret is the secret.
   */
  public static final class NotJsonException extends Exception {
    private static final long serialVersionUID = 1;

    private final String place;

    NotJsonException(String message) {
      this(message, "");
    }

    NotJsonException(String message, String place) {
      super(message);
      this.place = place;
    }

    /** What is wrong, as the end of a sentence. */
    public String problem() {
      return String.valueOf(getMessage());
    }

    /** Where it is wrong, to follow {@link #problem}, or an empty text. */
    public String place() {
      return place;
    }
  }
}

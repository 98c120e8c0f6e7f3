package io.github.keyturn.internal;

import io.github.keyturn.internal.Json.NotJsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON by the letter: what two readers could read differently, such as a field named twice or
 * a number with a leading zero, is refused.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
 */
final class JsonReader {

  private static final int DEEPEST = 500;
  private static final int FIRST_PRINTABLE = 0x20;
  private static final int HEX_DIGITS = 4;
  private static final int HEX = 16;
  private static final char END = '\uffff';

  private final String text;
  private String wanted = "JSON";
  private String article = "";
  private int position;
  private int depth;

  JsonReader(String text) {
    this.text = text;
  }

  Map<String, @Nullable Object> object() throws NotJsonException {
    wanted = "JSON object";
    article = "a ";
    skipSpace();
    if (peek() != '{') {
      throw malformed();
    }
    Map<String, @Nullable Object> fields = readObject();
    requireEnd();
    return fields;
  }

  @Nullable Object value() throws NotJsonException {
    skipSpace();
    if (position == text.length()) {
      throw new NotJsonException("is empty");
    }
    Object value = readValue();
    requireEnd();
    return value;
  }

  private void requireEnd() throws NotJsonException {
    skipSpace();
    if (position < text.length()) {
      throw new NotJsonException("goes on after the end of its " + wanted, place());
    }
  }

  private @Nullable Object readValue() throws NotJsonException {
    return switch (peek()) {
      case '{' -> readObject();
      case '[' -> readList();
      case '"' -> readText();
      case 't' -> readWord("true", true);
      case 'f' -> readWord("false", false);
      case 'n' -> readWord("null", null);
      default -> readNumber();
    };
  }

  private Map<String, @Nullable Object> readObject() throws NotJsonException {
    enter();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    boolean more = !takeIf('}');
    while (more) {
      String name = readText();
      if (fields.containsKey(name)) {
        throw new NotJsonException("names a field twice", place());
      }
      skipSpace();
      take(':');
      skipSpace();
      fields.put(name, readValue());
      more = readSeparator('}');
    }
    depth--;
    return fields;
  }

  private List<@Nullable Object> readList() throws NotJsonException {
    enter();
    List<@Nullable Object> items = new ArrayList<>();
    boolean more = !takeIf(']');
    while (more) {
      items.add(readValue());
      more = readSeparator(']');
    }
    depth--;
    return items;
  }

  private void enter() throws NotJsonException {
    depth++;
    if (depth > DEEPEST) {
      throw new NotJsonException("is nested more than %d times".formatted(DEEPEST), place());
    }
    position++;
    skipSpace();
  }

  /** Whether another element follows. */
  private boolean readSeparator(char end) throws NotJsonException {
    skipSpace();
    if (takeIf(end)) {
      return false;
    }
    take(',');
    skipSpace();
    return true;
  }

  private String readText() throws NotJsonException {
    take('"');
    int start = position;
    while (position < text.length()) {
      char character = text.charAt(position);
      if (character == '"') {
        position++;
        return text.substring(start, position - 1);
      }
      if (character == '\\') {
        return readEscapedText(start);
      }
      requirePrintable(character);
      position++;
    }
    throw malformed();
  }

  private String readEscapedText(int start) throws NotJsonException {
    StringBuilder value = new StringBuilder().append(text, start, position);
    while (position < text.length()) {
      char character = text.charAt(position);
      position++;
      if (character == '"') {
        return value.toString();
      }
      requirePrintable(character);
      value.append(character == '\\' ? readEscape() : character);
    }
    throw malformed();
  }

  private void requirePrintable(char character) throws NotJsonException {
    if (character < FIRST_PRINTABLE) {
      throw malformed();
    }
  }

  private char readEscape() throws NotJsonException {
    char character = peek();
    position++;
    return switch (character) {
      case '"', '\\', '/' -> character;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> readCodeUnit();
      default -> throw malformed();
    };
  }

  private char readCodeUnit() throws NotJsonException {
    int unit = 0;
    for (int i = 0; i < HEX_DIGITS; i++) {
      char character = peek();
      int digit = character < 0x80 ? Character.digit(character, HEX) : -1;
      if (digit < 0) {
        throw malformed();
      }
      unit = unit * HEX + digit;
      position++;
    }
    return (char) unit;
  }

  private @Nullable Object readWord(String word, @Nullable Object value) throws NotJsonException {
    if (!text.startsWith(word, position)) {
      throw malformed();
    }
    position += word.length();
    return value;
  }

  private Json.NumberLiteral readNumber() throws NotJsonException {
    int start = position;
    takeIf('-');
    if (!takeIf('0')) {
      readDigits();
    }
    if (takeIf('.')) {
      readDigits();
    }
    if (takeIf('e') || takeIf('E')) {
      if (!takeIf('+')) {
        takeIf('-');
      }
      readDigits();
    }
    return new Json.NumberLiteral(text.substring(start, position));
  }

  private void readDigits() throws NotJsonException {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw malformed();
    }
  }

  private void skipSpace() {
    while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private char peek() {
    return position < text.length() ? text.charAt(position) : END;
  }

  private boolean takeIf(char expected) {
    boolean found = peek() == expected;
    if (found) {
      position++;
    }
    return found;
  }

  private void take(char expected) throws NotJsonException {
    if (!takeIf(expected)) {
      throw malformed();
    }
  }

  private NotJsonException malformed() {
    return new NotJsonException("is not " + article + wanted, place());
  }

  /** Of the first character that was not read. */
  private String place() {
    int line = 1;
    int column = 1;
    for (int i = 0; i < position && i < text.length(); i++) {
      column++;
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      }
    }
    return " (line " + line + ", column " + column + ")";
  }
}

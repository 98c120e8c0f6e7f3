package io.github.keyturn;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;
import software.amazon.awssdk.thirdparty.jackson.core.StreamReadFeature;
import software.amazon.awssdk.thirdparty.jackson.core.io.JsonStringEncoder;

/** Reads and writes JSON with the reader that the SDK brings along, without reflection. */
final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

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
   * @throws NotAnObjectException for anything else; without a cause, since the parser's message
   *     quotes what it read, and for a secret that is the secret
   */
  static Map<String, @Nullable Object> parseObject(String text) throws NotAnObjectException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new NotAnObjectException("is not a JSON object");
      }
      Map<String, @Nullable Object> fields = readObject(parser);
      if (parser.nextToken() != null) {
        throw new NotAnObjectException("goes on after the end of its JSON object");
      }
      return fields;
    } catch (IOException unsafe) {
      throw new NotAnObjectException("is not a JSON object, or names a field twice");
    }
  }

  private static Map<String, @Nullable Object> readObject(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      fields.put(name, readValue(parser, parser.nextToken()));
    }
    return fields;
  }

  private static List<@Nullable Object> readList(JsonParser parser) throws IOException {
    List<@Nullable Object> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(readValue(parser, token));
    }
    return items;
  }

  private static @Nullable Object readValue(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> readList(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new NumberLiteral(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  static String write(Map<String, @Nullable Object> fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      writeValue(fields, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** A text as it stands between the quotes. */
  static String escape(String text) {
    return String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private static void writeValue(@Nullable Object value, JsonGenerator generator)
      throws IOException {
    if (value instanceof Map<?, ?> fields) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        generator.writeFieldName(String.valueOf(field.getKey()));
        writeValue(field.getValue(), generator);
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> items) {
      generator.writeStartArray();
      for (Object item : items) {
        writeValue(item, generator);
      }
      generator.writeEndArray();
    } else if (value instanceof NumberLiteral number) {
      generator.writeNumber(number.text());
    } else if (value instanceof Boolean flag) {
      generator.writeBoolean(flag);
    } else if (value instanceof String text) {
      generator.writeString(text);
    } else {
      generator.writeNull();
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

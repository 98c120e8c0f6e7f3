package io.github.keyturn.internal;

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
import software.amazon.awssdk.thirdparty.jackson.core.JsonProcessingException;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;
import software.amazon.awssdk.thirdparty.jackson.core.StreamReadFeature;
import software.amazon.awssdk.thirdparty.jackson.core.io.JsonStringEncoder;

/**
 * Reads and writes JSON with the reader that the SDK brings along, without reflection. A value is a
 * text, a boolean, a {@link NumberLiteral}, a list, a map or null.
 */
public final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

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
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new NotJsonException("is not a JSON object");
      }
      Map<String, @Nullable Object> fields = readObject(parser);
      requireEnd(parser, "goes on after the end of its JSON object");
      return fields;
    } catch (IOException unsafe) {
      throw new NotJsonException("is not a JSON object, or names a field twice", place(unsafe));
    }
  }

  /**
   * A value of any kind.
   *
   * @throws NotJsonException when the text is no JSON
   */
  public static @Nullable Object parse(String text) throws NotJsonException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new NotJsonException("is empty");
      }
      Object value = readValue(parser, first);
      requireEnd(parser, "goes on after the end of its JSON");
      return value;
    } catch (IOException unsafe) {
      throw new NotJsonException("is not JSON, or names a field twice");
    }
  }

  private static String place(IOException unsafe) {
    return unsafe instanceof JsonProcessingException syntax && syntax.getLocation() != null
        ? " (line %d, column %d)"
            .formatted(syntax.getLocation().getLineNr(), syntax.getLocation().getColumnNr())
        : "";
  }

  private static void requireEnd(JsonParser parser, String problem)
      throws IOException, NotJsonException {
    if (parser.nextToken() != null) {
      throw new NotJsonException(problem);
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

  /** The JSON of a value. */
  public static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      writeValue(value, generator);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** A text as it stands between the quotes. */
  public static String escape(String text) {
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

  /**
   * The text is not the JSON that it should be. The message completes a sentence and quotes
   * nothing; there is no cause, since the parser's message quotes what it read, and for a secret
   * that is the secret.
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

package io.github.keyturn.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.keyturn.internal.Json.NotJsonException;
import io.github.keyturn.internal.Json.NumberLiteral;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  private static final int DOCUMENTS = 4_000;
  private static final int DAMAGES = 6;
  private static final int DEEPEST = 4;
  private static final String CHARACTERS =
      "\"\\/bfnrtu0123456789abcdefABCDEF{}[]:,.+-eE \t\n\r\b\f\u0001\u001f\u007fäß€😀\ud800xl";

  private final Random random = new Random(42);

  @Test
  @DisplayName("Whatever Jackson reads is read alike, and what it refuses is refused")
  void agreesWithJackson() {
    int accepted = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      StringBuilder text = new StringBuilder(Json.write(object(DEEPEST)));
      for (int damage = 0; damage < DAMAGES; damage++) {
        Optional<Map<String, @Nullable Object>> expected = JacksonReader.object(text.toString());
        assertThat(read(text.toString())).as("%s", text).isEqualTo(expected);
        accepted += expected.isPresent() ? 1 : 0;
        damage(text);
      }
    }
    assertThat(accepted).isBetween(DOCUMENTS, DOCUMENTS * DAMAGES / 2);
  }

  @Test
  void readsBackWhatItWrites() throws NotJsonException {
    for (int i = 0; i < DOCUMENTS; i++) {
      Map<String, @Nullable Object> fields = object(DEEPEST);

      assertThat(Json.parseObject(Json.write(fields))).isEqualTo(fields);
      assertThat(Json.parse(Json.write(fields))).isEqualTo(fields);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\ud800", "\udc00b", "\ud800\ud800\udc00\udc00", "😀"})
  @DisplayName("Half a character, which UTF-8 has no bytes for, is escaped")
  void survivesItsWayThroughUtf8(String text) throws NotJsonException {
    byte[] bytes = Json.write(Map.of("text", text)).getBytes(UTF_8);

    assertThat(Json.parseObject(new String(bytes, UTF_8))).isEqualTo(Map.of("text", text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-0.5e+10", "true", "null", "\"a\"", "[]", "[1,[2]]", "{}", " 1 "})
  void readsValuesOfAnyKind(String text) throws NotJsonException {
    assertThat(Json.write(Json.parse(text))).isEqualTo(text.strip());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "{\"a\":1} x                   | goes on after the end of its JSON object",
        "[]                            | is not a JSON object",
        "``                            | is not a JSON object",
        "{                             | is not a JSON object",
        "{\"a\":SECRET}                | is not a JSON object",
        "{\"a\":1,\"\\u0061\":2}       | names a field twice"
      },
      delimiter = '|')
  void saysWhatIsWrongWithoutQuotingIt(String text, String problem) {
    assertThatExceptionOfType(NotJsonException.class)
        .isThrownBy(() -> Json.parseObject(text))
        .satisfies(e -> assertThat(e.problem()).isEqualTo(problem))
        .withNoCause();
  }

  @Test
  void saysThatNothingIsNoJson() {
    assertThatExceptionOfType(NotJsonException.class)
        .isThrownBy(() -> Json.parse("  "))
        .satisfies(e -> assertThat(e.problem()).isEqualTo("is empty"));
  }

  @Test
  void isNotLedIntoTheDepths() {
    assertThatExceptionOfType(NotJsonException.class)
        .isThrownBy(() -> Json.parse("[".repeat(1_000_000)))
        .satisfies(e -> assertThat(e.problem()).isEqualTo("is nested more than 500 times"));
  }

  @Test
  void escapesWhatMustNotStandInAText() {
    assertThat(Json.escape("\"\\\b\t\n\f\r\u0000\u001f/ä€😀"))
        .isEqualTo("\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001F/ä€😀");
  }

  private static Optional<Map<String, @Nullable Object>> read(String text) {
    try {
      return Optional.of(Json.parseObject(text));
    } catch (NotJsonException e) {
      return Optional.empty();
    }
  }

  private void damage(StringBuilder text) {
    int place = random.nextInt(text.length() + 1);
    switch (random.nextInt(4)) {
      case 0 -> text.insert(place, character());
      case 1 -> text.delete(place, place + 1);
      case 2 -> text.replace(place, place + 1, String.valueOf(character()));
      default -> text.insert(place, " \t\n\r".charAt(random.nextInt(4)));
    }
  }

  private char character() {
    return CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      fields.put(text(), value(depth - 1));
    }
    return fields;
  }

  private @Nullable Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> new NumberLiteral(String.valueOf(random.nextLong()));
      case 3 -> new NumberLiteral(String.valueOf(random.nextGaussian() * 1e10));
      case 4 -> text();
      case 5 -> list(depth);
      default -> object(depth);
    };
  }

  private List<@Nullable Object> list(int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(value(depth - 1));
    }
    return items;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(character());
    }
    return text.toString();
  }
}

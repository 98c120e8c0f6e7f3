package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretDocumentTest {

  @Test
  @DisplayName("What a rotator does not know comes out as it went in")
  void keepsOrderTypesAndUnknownFields() {
    String json =
        "{\"z\":1.0,\"big\":12345678901234567890,\"tiny\":1E-7,\"minus\":-0,\"flag\":true,"
            + "\"none\":null,\"password\":\"old\",\"list\":[1.50,\"x\",null,{\"b\":2,\"a\":[]}],"
            + "\"nested\":{\"y\":{},\"x\":false},\"\":\"empty name\",\"text\":\"\\\"\\\\\\n€😀\"}";

    assertThat(parse(json).json().reveal()).isEqualTo(json);
    assertThat(parse(json).with("password", "new").json().reveal())
        .isEqualTo(json.replace("old", "new"));
  }

  @Test
  void addsANewFieldAtTheEnd() {
    assertThat(parse("{\"b\":1,\"a\":2}").with("c", Secret.of("x")).json().reveal())
        .isEqualTo("{\"b\":1,\"a\":2,\"c\":\"x\"}");
  }

  @Test
  void isNotChangedByACopy() {
    SecretDocument document = parse("{\"a\": \"1\"}");

    assertThat(document.with("a", "2")).isNotEqualTo(document);
    assertThat(document.text("a")).isEqualTo("1");
  }

  @Test
  void showsFieldNamesOnly() {
    SecretDocument document = parse("{\"username\": \"app\", \"password\": \"hidden\"}");

    assertThat(document).hasToString("SecretDocument[username, password]");
    assertThat(document.names()).containsExactly("username", "password");
    assertThat(document.secret("password")).hasToString("***");
  }

  @Test
  void givesNumbersAndBooleansAsTheyAreWritten() {
    SecretDocument document = parse("{\"number\": 1.0, \"flag\": false, \"text\": \" x \"}");

    assertThat(document.text("number")).isEqualTo("1.0");
    assertThat(document.text("flag")).isEqualTo("false");
    assertThat(document.text("text")).isEqualTo(" x ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"f\": null}", "{\"f\": \"\"}", "{\"f\": \" \\t\"}"})
  void aBlankFieldIsAMissingOne(String json) {
    SecretDocument document = parse(json);

    assertThat(document.find("f")).isEmpty();
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> document.text("f"))
        .withMessageContaining("the secret has no value for [f]")
        .withMessageContaining("add it to the secret value")
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo(MISCONFIGURED));
  }

  @ParameterizedTest
  @CsvSource({"'{\"f\": {\"a\": \"hidden\"}}', an object", "'{\"f\": [\"hidden\"]}', a list"})
  void aFieldWithFieldsIsNoText(String json, String what) {
    SecretDocument document = parse(json);

    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> document.find("f"))
        .withMessageContaining("the field 'f' of the secret must be a text")
        .withMessageContaining("but is " + what)
        .withMessageNotContaining("hidden");
  }

  @ParameterizedTest
  @CsvSource({
    "{}, 1234",
    "'{\"port\": 5432}', 5432",
    "'{\"port\": \"5432\"}', 5432",
    "'{\"port\": \" 5432 \"}', 5432",
    "'{\"port\": \"\"}', 1234",
    "'{\"port\": null}', 1234",
    "'{\"port\": 1}', 1",
    "'{\"port\": 65535}', 65535",
  })
  void readsAPortAsNumberOrText(String json, int port) {
    assertThat(parse(json).port(1234)).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "65536", "-1", "5432.0", "1e3", "\"many\"", "true", "99999999999999999999"})
  void refusesWhatIsNoPort(String port) {
    SecretDocument document = parse("{\"port\": %s}".formatted(port));

    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> document.port(1234))
        .withMessageContaining("the field 'port' of the secret must be a number from 1 to 65535")
        .withNoCause();
  }

  @Test
  void requiresAllFieldsAtOnce() {
    SecretDocument document = parse("{\"username\": \"app\", \"note\": \"hidden\"}");

    assertThat(document.require("username")).isSameAs(document);
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> document.require("host", "username", "password"))
        .withMessageContaining("[host, password] (its fields are [username, note]); add them")
        .withMessageNotContaining("hidden");
  }

  @Test
  void isEqualByFieldsInAnyOrder() {
    assertThat(parse("{\"a\": 1, \"b\": \"2\"}"))
        .isEqualTo(parse("{\"b\": \"2\", \"a\": 1}"))
        .hasSameHashCodeAs(parse("{\"b\": \"2\", \"a\": 1}"))
        .isNotEqualTo(parse("{\"a\": 1, \"b\": 2}"));
  }

  private static SecretDocument parse(String json) {
    return SecretDocument.parse(Secret.of(json));
  }
}

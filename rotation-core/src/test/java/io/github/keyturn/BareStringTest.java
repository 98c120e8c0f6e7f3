package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.Scene.CURRENT;
import static io.github.keyturn.Scene.TOKEN;
import static io.github.keyturn.Step.CREATE;
import static io.github.keyturn.Step.SET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret may be the key itself, if its rotator says under which name it wants to see it. */
class BareStringTest {

  private static final String KEY = "key-of-version-1";

  private final Scene scene = new Scene();

  BareStringTest() {
    scene.store.add(CURRENT, KEY, "AWSCURRENT");
    scene.target.acceptOnly(KEY);
  }

  @Test
  void isRotatedAndStaysABareString() throws Exception {
    scene.setting("EXCLUDE_PUNCTUATION", "true").function(ofBareStrings()).rotate(TOKEN);

    String value = scene.store.readCurrent(ScriptedStore.SECRET).value().reveal();
    assertThat(value).hasSize(32).doesNotContain("{");
    assertThat(scene.target.accepted()).containsExactly(value);
  }

  @Test
  void isAnErrorForOtherRotators() {
    RotationException failure = scene.exclusive().failure(CREATE, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure).hasMessageContaining("AWSCURRENT is not a JSON object");
  }

  @Test
  void leavesJsonDocumentsAsTheyAre() throws Exception {
    scene.store.add(CURRENT, Scene.value(KEY), "AWSCURRENT");

    scene.function(ofBareStrings()).rotate(TOKEN);

    assertThat(scene.store.labelled("AWSCURRENT").text("username")).isEqualTo("app");
  }

  @Test
  void isTakenOutOfFailures() throws Exception {
    RotationFunction function =
        scene.setting("EXCLUDE_PUNCTUATION", "true").function(ofBareStrings());
    function.run(CREATE, TOKEN);
    scene.target.acceptOnly("changed-by-hand");

    RotationException failure = function.failure(SET, TOKEN);

    assertThat(Failures.print(failure)).doesNotContain(KEY);
    assertThat(function.log()).noneMatch(line -> line.contains(KEY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"password\":", "[\"" + KEY + "\"]", "\"" + KEY + "\"", "", " ", "{" + KEY})
  @DisplayName("What looks like JSON must be a JSON object")
  void isNotMixedUpWithBrokenJson(String value) {
    scene.store.add(CURRENT, value, "AWSCURRENT");

    RotationException failure = scene.function(ofBareStrings()).failure(CREATE, TOKEN);

    assertThat(failure).hasMessageContaining("AWSCURRENT is not a JSON object");
    assertThat(Failures.print(failure)).doesNotContain(KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {KEY + "\n", " " + KEY, KEY + "\r\nX-Header: 1", "two words", "\0" + KEY})
  @DisplayName("A line break at the end, as editors leave it, would become part of the key")
  void mustHaveNoBlanks(String value) {
    scene.store.add(CURRENT, value, "AWSCURRENT");

    RotationException failure = scene.function(ofBareStrings()).failure(CREATE, TOKEN);

    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    assertThat(failure)
        .hasMessageContaining("AWSCURRENT is neither a JSON object nor a bare string");
    assertThat(Failures.print(failure)).doesNotContain(KEY);
  }

  @Test
  void hasRoomForOneValue() {
    SecretDocument bare = SecretDocument.parse(Secret.of(KEY), "the secret", Optional.of("apiKey"));

    assertThat(bare.isBare()).isTrue();
    assertThat(bare.names()).containsExactly("apiKey");
    assertThat(bare.with("apiKey", "other").json().reveal()).isEqualTo("other");
    assertThat(bare).isNotEqualTo(SecretDocument.parse(Secret.of("{\"apiKey\":\"" + KEY + "\"}")));
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> bare.with("keyId", "1"))
        .withMessageContaining("bare string, which has no room for the field 'keyId'")
        .withMessageContaining("{\"apiKey\": …}");
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> bare.with("apiKey", "{begins-like-json"))
        .withMessageContaining("the new value is neither")
        .withMessageNotContaining("begins");
  }

  private Rotator ofBareStrings() {
    return new ExclusiveRotator(scene.target) {
      @Override
      public SecretDocument create(SecretDocument current, Rotation rotation) {
        return current.with("password", rotation.newPassword());
      }

      @Override
      public Optional<String> bareField() {
        return Optional.of("password");
      }
    };
  }
}

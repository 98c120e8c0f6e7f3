package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationSettingsTest {

  @Test
  void hasDefaultsForEverything() {
    assertHasDefaults(RotationSettings.from(Map.of()));
  }

  @Test
  void readsARotatorsOwnVariables(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("provider.json"));
    RotationSettings settings =
        RotationSettings.from(
            Map.of("A", "x", "B", "true", "C", "7", "D", "at_finish", "E", file.toString()));

    assertThat(settings.text("A")).contains("x");
    assertThat(settings.flag("B", false)).isTrue();
    assertThat(settings.integer("C", 1, 1, 7)).isEqualTo(7);
    assertThat(settings.choice("D", RetireOld.AT_NEXT_ROTATION)).isEqualTo(RetireOld.AT_FINISH);
    assertThat(settings.file("E", "a provider's definition")).contains(file);
  }

  @Test
  void hasTheFallbackForARotatorsUnsetVariables() {
    RotationSettings settings = RotationSettings.from(Map.of("A", " "));

    assertThat(settings.text("A")).isEmpty();
    assertThat(settings.flag("A", true)).isTrue();
    assertThat(settings.integer("A", 3, 1, 7)).isEqualTo(3);
    assertThat(settings.choice("A", RetireOld.AT_FINISH)).isEqualTo(RetireOld.AT_FINISH);
    assertThat(settings.file("A", "a file")).isEmpty();
  }

  @Test
  void saysWhatARotatorsVariableMustBe() {
    RotationSettings settings = RotationSettings.from(Map.of("A", "8"));

    assertRefused(() -> settings.flag("A", true), "A is '8'; it must be true or false");
    assertRefused(() -> settings.integer("A", 3, 1, 7), "A is '8'; it must be from 1 to 7");
    assertRefused(
        () -> settings.choice("A", RetireOld.AT_FINISH),
        "A is '8'; it must be AT_NEXT_ROTATION or AT_FINISH");
    assertRefused(
        () -> settings.file("A", "a provider's definition"),
        "A is '8'; it must be a provider's definition that this function can read");
  }

  private static void assertHasDefaults(RotationSettings settings) {
    assertThat(settings.passwordPolicy()).isEqualTo(PasswordPolicy.DEFAULT);
    assertThat(settings.retireOld()).isEqualTo(RetireOld.AT_NEXT_ROTATION);
    assertThat(settings.settle()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.superuserSecret()).isEmpty();
    assertThat(settings.secretsManagerEndpoint()).isEmpty();
    assertThat(settings.tlsCaBundle()).isEmpty();
    assertThat(settings.allowPlaintext()).isFalse();
  }

  private static void assertRefused(ThrowingCallable read, String message) {
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(read)
        .withMessageEndingWith(message)
        .matches(e -> e.reason() == MISCONFIGURED);
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        setting("PASSWORD_LENGTH", " 40 ", settings -> settings.passwordPolicy().length(), 40),
        setting("EXCLUDE_CHARACTERS", "ab", s -> s.passwordPolicy().excludeCharacters(), "ab"),
        setting("EXCLUDE_NUMBERS", "true", s -> s.passwordPolicy().excludeNumbers(), true),
        setting("EXCLUDE_PUNCTUATION", "TRUE", s -> s.passwordPolicy().excludePunctuation(), true),
        setting("EXCLUDE_UPPERCASE", " True", s -> s.passwordPolicy().excludeUppercase(), true),
        setting("EXCLUDE_LOWERCASE", "true", s -> s.passwordPolicy().excludeLowercase(), true),
        setting(
            "REQUIRE_EACH_INCLUDED_TYPE",
            "False",
            s -> s.passwordPolicy().requireEachIncludedType(),
            false),
        setting("RETIRE_OLD", "at_finish", RotationSettings::retireOld, RetireOld.AT_FINISH),
        setting(
            "RETIRE_OLD",
            "AT_NEXT_ROTATION",
            RotationSettings::retireOld,
            RetireOld.AT_NEXT_ROTATION),
        setting("SETTLE_SECONDS", "0", RotationSettings::settle, Duration.ZERO),
        setting("SETTLE_SECONDS", "600", RotationSettings::settle, Duration.ofMinutes(10)),
        setting(
            "SUPERUSER_SECRET_ARN", "arn", RotationSettings::superuserSecret, Optional.of("arn")),
        setting(
            "SECRETS_MANAGER_ENDPOINT",
            "http://127.0.0.1:4566",
            RotationSettings::secretsManagerEndpoint,
            Optional.of(URI.create("http://127.0.0.1:4566"))),
        setting("ALLOW_PLAINTEXT", "true", RotationSettings::allowPlaintext, true));
  }

  private static Arguments setting(
      String name, String value, Function<RotationSettings, Object> read, Object expected) {
    return Arguments.of(name, value, read, expected);
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("settings")
  void readsEveryVariable(
      String name, String value, Function<RotationSettings, Object> read, Object expected) {
    assertThat(read.apply(RotationSettings.from(Map.of(name, value)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:4566",
        "http://[::1]:4566",
        "http://host.docker.internal:4599",
        "http://172.17.0.1:4599",
        "http://10.0.2.2",
        "http://192.168.65.254:4599",
        "https://vpce-0a1.secretsmanager.eu-west-1.vpce.amazonaws.com",
      })
  void takesPlainHttpWithinAMachineAndItsContainers(String url) {
    assertThat(
            RotationSettings.from(Map.of("SECRETS_MANAGER_ENDPOINT", url)).secretsManagerEndpoint())
        .contains(URI.create(url));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PASSWORD_LENGTH",
        "EXCLUDE_CHARACTERS",
        "EXCLUDE_NUMBERS",
        "EXCLUDE_PUNCTUATION",
        "EXCLUDE_UPPERCASE",
        "EXCLUDE_LOWERCASE",
        "REQUIRE_EACH_INCLUDED_TYPE",
        "RETIRE_OLD",
        "SETTLE_SECONDS",
        "SUPERUSER_SECRET_ARN",
        "SECRETS_MANAGER_ENDPOINT",
        "TLS_CA_BUNDLE",
        "ALLOW_PLAINTEXT",
      })
  void aBlankVariableCountsAsUnset(String name) {
    for (String blank : List.of("", " ")) {
      assertHasDefaults(RotationSettings.from(Map.of(name, blank)));
    }
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource({
    "PASSWORD_LENGTH, many, a whole number",
    "PASSWORD_LENGTH, 32.5, a whole number",
    "EXCLUDE_NUMBERS, yes, true or false",
    "EXCLUDE_PUNCTUATION, 1, true or false",
    "EXCLUDE_UPPERCASE, no, true or false",
    "EXCLUDE_LOWERCASE, on, true or false",
    "REQUIRE_EACH_INCLUDED_TYPE, 0, true or false",
    "RETIRE_OLD, NEVER, AT_NEXT_ROTATION or AT_FINISH",
    "SETTLE_SECONDS, soon, a whole number",
    "SETTLE_SECONDS, -1, from 0 to 600",
    "SETTLE_SECONDS, 601, from 0 to 600",
    "SECRETS_MANAGER_ENDPOINT, localhost:4566, a URL such as https://",
    "SECRETS_MANAGER_ENDPOINT, https://, a URL such as https://",
    "SECRETS_MANAGER_ENDPOINT, ftp://host, a URL such as https://",
    "SECRETS_MANAGER_ENDPOINT, not a url, a URL such as https://",
    "SECRETS_MANAGER_ENDPOINT, http://secretsmanager.eu-west-1.amazonaws.com, 'https, since secrets travel on it; http is for this machine'",
    "SECRETS_MANAGER_ENDPOINT, http://10.evil.example, 'https, since'",
    "SECRETS_MANAGER_ENDPOINT, http://8.8.8.8:4599, 'https, since'",
    "SECRETS_MANAGER_ENDPOINT, http://172.32.0.1, 'https, since'",
    "TLS_CA_BUNDLE, /no/such/file.pem, a PEM file that this function can read",
    "ALLOW_PLAINTEXT, maybe, true or false",
  })
  void namesVariableValueAndChoices(String name, String value, String choices) {
    assertWrong(name, value, choices);
  }

  @Test
  void readsACaBundle(@TempDir Path folder) throws Exception {
    Path bundle = Files.createFile(folder.resolve("ca.pem"));

    assertThat(RotationSettings.from(Map.of("TLS_CA_BUNDLE", bundle.toString())).tlsCaBundle())
        .contains(bundle);
  }

  @Test
  void aFolderIsNoCaBundle(@TempDir Path folder) {
    assertWrong("TLS_CA_BUNDLE", folder.toString(), "a PEM file that this function can read");
  }

  private static void assertWrong(String name, String value, String choices) {
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> RotationSettings.from(Map.of(name, value)))
        .withMessageContaining("%s is '%s'; it must be %s", name, value, choices)
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo(MISCONFIGURED));
  }
}

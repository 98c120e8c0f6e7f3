package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordPolicyTest {

  /** Enough that a kind left to chance would be missing from one of them. */
  private static final int MANY = 500;

  private final SecureRandom random = new SecureRandom();

  @Test
  void theDefaultHas32CharactersWithoutThoseThatBreakConnectionStrings() {
    assertThat(passwords(PasswordPolicy.DEFAULT))
        .allMatch(password -> password.matches("[!-~]{32}"))
        .allMatch(password -> password.matches("[^:/@\"'\\\\]*"))
        .allMatch(PasswordPolicyTest::hasEachType)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 4096})
  void hasTheLengthAskedFor(int length) {
    assertThat(policy(Map.of("PASSWORD_LENGTH", String.valueOf(length))).newPassword(random))
        .satisfies(password -> assertThat(password.reveal()).hasSize(length));
  }

  @ParameterizedTest(name = "{0} leaves no {1}")
  @CsvSource({
    "EXCLUDE_NUMBERS, .*[0-9].*",
    "EXCLUDE_PUNCTUATION, .*[^0-9A-Za-z].*",
    "EXCLUDE_UPPERCASE, .*[A-Z].*",
    "EXCLUDE_LOWERCASE, .*[a-z].*",
  })
  void leavesOutWhatIsExcluded(String setting, String excluded) {
    assertThat(passwords(policy(Map.of(setting, "true"))))
        .noneMatch(password -> password.matches(excluded));
    assertThat(passwords(policy(Map.of(setting, "false"))))
        .anyMatch(password -> password.matches(excluded));
  }

  @Test
  void leavesOutExcludedCharacters() {
    assertThat(passwords(policy(Map.of("EXCLUDE_CHARACTERS", "aZ0~-]^"))))
        .noneMatch(password -> password.matches(".*[aZ0~\\-\\]^].*"))
        .anyMatch(password -> password.contains("@"));
  }

  @Test
  @DisplayName("A short password has each kind too, also when one has a single character left")
  void hasEachIncludedTypeInAnyPlace() {
    List<String> passwords =
        passwords(
            policy(Map.of("PASSWORD_LENGTH", "8", "EXCLUDE_CHARACTERS", "012345678:/@\"'\\")));

    assertThat(passwords).allMatch(PasswordPolicyTest::hasEachType);
    assertThat(passwords.stream().map(password -> password.indexOf('9')).distinct())
        .as("the places of the only digit")
        .hasSize(8);
  }

  @Test
  void leavesTheKindsToChanceWhenNotRequired() {
    assertThat(
            passwords(
                policy(Map.of("PASSWORD_LENGTH", "8", "REQUIRE_EACH_INCLUDED_TYPE", "false"))))
        .anyMatch(password -> !hasEachType(password));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "0", "-1", "4097"})
  void refusesALengthOutOfBounds(String length) {
    assertRefused(
        Map.of("PASSWORD_LENGTH", length),
        "PASSWORD_LENGTH is %s; it must be from 8 to 4096".formatted(length));
  }

  @Test
  void refusesToExcludeEverything() {
    assertRefused(
        Map.of(
            "EXCLUDE_NUMBERS", "true",
            "EXCLUDE_PUNCTUATION", "true",
            "EXCLUDE_UPPERCASE", "true",
            "EXCLUDE_LOWERCASE", "true"),
        "leave no character for a password");
  }

  @Test
  @DisplayName("With one character left every password would be the same")
  void refusesToLeaveASingleCharacter() {
    assertRefused(
        Map.of(
            "EXCLUDE_CHARACTERS", "012345678",
            "EXCLUDE_PUNCTUATION", "true",
            "EXCLUDE_UPPERCASE", "true",
            "EXCLUDE_LOWERCASE", "true"),
        "leave a single character");
  }

  private static void assertRefused(Map<String, String> environment, String problem) {
    assertThatExceptionOfType(RotationException.class)
        .isThrownBy(() -> policy(environment))
        .withMessageContaining(problem)
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo(MISCONFIGURED));
  }

  private static PasswordPolicy policy(Map<String, String> environment) {
    return RotationSettings.from(environment).passwordPolicy();
  }

  private List<String> passwords(PasswordPolicy policy) {
    return Stream.generate(() -> policy.newPassword(random).reveal()).limit(MANY).toList();
  }

  private static boolean hasEachType(String password) {
    return Stream.of("[a-z]", "[A-Z]", "[0-9]", "[^0-9A-Za-z]")
        .allMatch(type -> password.matches(".*" + type + ".*"));
  }
}

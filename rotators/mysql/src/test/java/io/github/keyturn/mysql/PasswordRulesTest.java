package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Which rule a password breaks. The binaries of the tests have no plugin that applies these rules;
 * the names and their meaning are those of the servers' manuals.
 */
class PasswordRulesTest {

  private static final Map<String, String> OF_MYSQL =
      Map.of(
          "validate_password_length", "40",
          "validate_password_policy", "MEDIUM",
          "validate_password_mixed_case_count", "3",
          "validate_password_number_count", "2",
          "validate_password_special_char_count", "1",
          "validate_password_check_user_name", "ON");

  private static final Map<String, String> OF_MARIADB =
      Map.of(
          "simple_password_check_minimal_length", "8",
          "simple_password_check_letters_same_case", "1",
          "simple_password_check_digits", "1",
          "simple_password_check_other_characters", "1");

  @Test
  void namesEachRuleOfMysql() {
    assertThat(PasswordRules.ofMysql(OF_MYSQL, "app", "ABCdef12"))
        .containsExactly(
            "validate_password_length wants 40, and it has 8 characters",
            "validate_password_special_char_count wants 1, and it has 0 other characters");
    assertThat(PasswordRules.ofMysql(OF_MYSQL, "app", "aB1".repeat(1)))
        .hasSize(5)
        .anyMatch(rule -> rule.contains("mixed_case_count wants 3, and it has 1 upper-case"))
        .anyMatch(rule -> rule.contains("number_count wants 2, and it has 1 digits"));
  }

  @Test
  @DisplayName("a user's name is found forwards and backwards")
  void namesTheUserNameRule() {
    Map<String, String> low =
        Map.of("validate_password_policy", "LOW", "validate_password_check_user_name", "ON");
    assertThat(PasswordRules.ofMysql(low, "app_user", "RESU_PPA"))
        .containsExactly("validate_password.check_user_name: it is the user's name");
  }

  @Test
  @DisplayName("a rule that only the server can apply is said to be one")
  void admitsWhatItCanNotSee() {
    assertThat(PasswordRules.ofMysql(Map.of("validate_password_policy", "STRONG"), "app", "x"))
        .singleElement()
        .asString()
        .contains("can't be seen from here");
  }

  @Test
  void namesEachRuleOfMariaDb() {
    assertThat(PasswordRules.ofMariaDb(OF_MARIADB, "Abcdef1!")).isEmpty();
    assertThat(PasswordRules.ofMariaDb(OF_MARIADB, "abc")).hasSize(4);
    assertThat(PasswordRules.ofMariaDb(Map.of(), "")).isEmpty();
  }
}

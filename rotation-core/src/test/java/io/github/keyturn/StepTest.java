package io.github.keyturn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepTest {

  @ParameterizedTest
  @CsvSource({
    "createSecret, CREATE",
    "create_secret, CREATE",
    "CREATE_SECRET, CREATE",
    "setSecret, SET",
    "set_secret, SET",
    "SetSecret, SET",
    "testSecret, TEST",
    "TESTSECRET, TEST",
    "finishSecret, FINISH",
    "Finish_Secret, FINISH",
  })
  @DisplayName("AWS's pages spell the steps in more than one way")
  void takesEverySpelling(String text, Step step) {
    assertThat(Step.parse(text)).contains(step);
  }

  @ParameterizedTest
  @EnumSource
  void takesTheNameOnTheWire(Step step) {
    assertThat(Step.parse(step.wireName())).contains(step);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "create", "createSecrets", "create Secret", "rollback"})
  void takesNothingElse(String text) {
    assertThat(Step.parse(text)).isEmpty();
  }
}

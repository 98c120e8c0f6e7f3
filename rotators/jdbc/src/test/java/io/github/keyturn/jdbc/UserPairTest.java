package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.jdbc.Samples.POSTGRES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keyturn.RotationException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserPairTest {

  @ParameterizedTest
  @CsvSource({
    "app, app, app_clone",
    "app_clone, app, app_clone",
    "_clone, _clone, _clone_clone",
    "_clone_clone, _clone, _clone_clone",
    "clone, clone, clone_clone",
    "app_CLONE, app_CLONE, app_CLONE_clone",
    "app_cloned, app_cloned, app_cloned_clone",
    "'app ', 'app ', 'app _clone'"
  })
  void pairsNames(String username, String original, String clone) {
    UserPair pair = UserPair.of(username, POSTGRES);

    assertThat(pair).isEqualTo(new UserPair(original, clone));
    assertThat(pair.isClone(username)).isEqualTo(username.equals(clone));
  }

  @ParameterizedTest
  @ValueSource(strings = {"app", "app_clone", "_clone", "_clone_clone", "clone"})
  @DisplayName("who takes turns with a user is of the same pair, else the turns would drift away")
  void staysInThePair(String username) {
    UserPair pair = UserPair.of(username, POSTGRES);
    String other = pair.other(username);

    assertThat(UserPair.of(other, POSTGRES)).isEqualTo(pair);
    assertThat(pair.other(other)).isEqualTo(username);
  }

  @ParameterizedTest
  @ValueSource(strings = {"app_clone_clone", "app_clone_clone_clone", "_clone_clone_clone"})
  void refusesTheCloneOfAClone(String username) {
    assertThat(refused(username))
        .hasMessageContaining("'" + username + "'")
        .hasMessageContaining("single-user strategy");
  }

  @Test
  void leavesRoomForTheClone() {
    assertThat(UserPair.of("a".repeat(57), POSTGRES).cloneUser()).hasSize(63);
    assertThat(UserPair.of("a".repeat(57) + "_clone", POSTGRES).cloneUser()).hasSize(63);
    assertThat(UserPair.of("é".repeat(28), POSTGRES).cloneUser()).hasSize(34);
  }

  @ParameterizedTest
  @CsvSource({"a, 58, 64", "é, 29, 64", "😀, 15, 66"})
  void refusesANameWithoutRoomForTheClone(String character, int times, int bytes) {
    assertThat(refused(character.repeat(times)))
        .hasMessageContaining("it has %d bytes and PostgreSQL allows 63".formatted(bytes));
  }

  private static RotationException refused(String username) {
    RotationException failure =
        catchThrowableOfType(RotationException.class, () -> UserPair.of(username, POSTGRES));
    assertThat(failure.reason()).isEqualTo(MISCONFIGURED);
    return failure;
  }
}

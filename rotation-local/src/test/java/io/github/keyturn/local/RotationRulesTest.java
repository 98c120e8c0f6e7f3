package io.github.keyturn.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationRulesTest {

  // a Monday
  private static final Instant NOW = Instant.parse("2026-05-04T12:30:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate(4 hours)                 | 2026-05-04T16:30:00Z",
        "rate(1 day)                   | 2026-05-05T23:59:59Z",
        "rate(10 days)                 | 2026-05-14T23:59:59Z",
        "cron(0 8 1 * ? *)             | 2026-06-01T08:00:00Z",
        "cron(0 13 * * ? *)            | 2026-05-04T13:00:00Z",
        "cron(0 12 * * ? *)            | 2026-05-05T12:00:00Z",
        "cron(0 16 ? * SUN *)          | 2026-05-10T16:00:00Z",
        "cron(0 0/8 ? * MON-FRI *)     | 2026-05-04T16:00:00Z",
        "cron(0 1 ? 1/3 6L *)          | 2026-07-31T01:00:00Z",
        "cron(0 1 ? * 2#1 *)           | 2026-06-01T01:00:00Z",
        "cron(0 1 L FEB ? *)           | 2027-02-28T01:00:00Z",
        "cron(0 1 29 2 ? *)            | 2028-02-29T01:00:00Z",
        "cron(0 2,6 1,15 MAY-JUN ? *)  | 2026-05-15T02:00:00Z"
      })
  void knowsTheNextTime(String expression, Instant next) {
    assertThat(new RotationRules(null, null, expression).next(NOW)).contains(next);
  }

  @Test
  void rotatesUntilTheEndOfTheDayWhenDaysAreCounted() {
    assertThat(new RotationRules(30L, "3h", null).next(NOW))
        .contains(Instant.parse("2026-06-03T23:59:59Z"));
    assertThat(new RotationRules(null, null, null).next(NOW)).isEmpty();
  }

  @Test
  void hasNoNextTimeForADayThatNeverComes() {
    assertThat(new RotationRules(null, null, "cron(0 1 31 2 ? *)").next(NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(3 hours)",
        "rate(0 days)",
        "rate(1000 days)",
        "rate(99999 days)",
        "rate(1 week)",
        "cron(5 8 1 * ? *)",
        "cron(0 8 1 * 1 *)",
        "cron(0 8 ? * ? *)",
        "cron(0 24 1 * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 1 13 ? *)",
        "cron(0 8 1 * ? 2026)",
        "cron(0 8 1 *)",
        "cron()",
        "cron(0 8- 1 * ? *)",
        "cron(0 8 1 * ? *) ",
        "daily"
      })
  void refusesASchedule(String expression) {
    assertThatThrownBy(() -> new RotationRules(null, null, expression))
        .isInstanceOfSatisfying(
            ServiceException.class,
            refused -> assertThat(refused.code()).isEqualTo("InvalidParameterException"));
  }

  @Test
  void refusesRulesThatContradictThemselvesOrAreOutOfBounds() {
    assertThatThrownBy(() -> new RotationRules(0L, null, null))
        .hasMessage("RotationRules.AutomaticallyAfterDays must be within 1-1000.");
    assertThatThrownBy(() -> new RotationRules(1001L, null, null))
        .isInstanceOf(ServiceException.class);
    assertThatThrownBy(() -> new RotationRules(1L, null, "rate(1 day)"))
        .isInstanceOf(ServiceException.class);
    assertThatThrownBy(() -> new RotationRules(1L, "25h", null))
        .isInstanceOf(ServiceException.class);
    assertThatThrownBy(() -> new RotationRules(null, "5h", "rate(4 hours)"))
        .isInstanceOf(ServiceException.class);
  }
}

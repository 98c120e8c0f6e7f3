package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a secret is due for rotation; days and hours are UTC's.
 *
 * @param afterDays 1 to 1000; an alternative to the expression
 * @param duration the length of the rotation window, such as {@code 3h}
 * @param expression {@code rate(…)} or {@code cron(…)}
 */
record RotationRules(
    @Nullable Long afterDays, @Nullable String duration, @Nullable String expression) {

  private static final Pattern RATE = Pattern.compile("rate\\((\\d{1,5}) (hour|hours|day|days)\\)");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,2})h");
  private static final int SHORTEST_RATE_HOURS = 4;
  private static final int LONGEST_RATE_DAYS = 999;
  private static final int HOURS_OF_DAY = 24;

  RotationRules {
    if (afterDays != null && (afterDays < 1 || afterDays > 1000)) {
      throw ServiceException.invalidParameter(
          "RotationRules.AutomaticallyAfterDays must be within 1-1000.");
    }
    if (afterDays != null && expression != null) {
      throw ServiceException.invalidParameter(
          "You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
    }
    int hours = HOURS_OF_DAY;
    if (expression != null) {
      Matcher rate = RATE.matcher(expression);
      hours = rate.matches() ? checkRate(rate) : checkCron(expression);
    }
    if (duration != null) {
      checkDuration(duration, Math.min(hours, HOURS_OF_DAY));
    }
  }

  static RotationRules of(Arguments members) {
    return new RotationRules(
        members.number("AutomaticallyAfterDays").orElse(null),
        members.text("Duration", 2, 3).orElse(null),
        members.text("ScheduleExpression", 1, 256).orElse(null));
  }

  void putInto(ObjectNode node) {
    if (afterDays != null) {
      node.put("AutomaticallyAfterDays", afterDays);
    }
    node.put("Duration", duration);
    node.put("ScheduleExpression", expression);
    Json.dropNulls(node);
  }

  /** When the next rotation is due after one at this time; empty when nothing is scheduled. */
  Optional<Instant> next(Instant from) {
    if (afterDays != null) {
      return Optional.of(endOfDay(from.plus(Duration.ofDays(afterDays))));
    }
    if (expression == null) {
      return Optional.empty();
    }
    Matcher rate = RATE.matcher(expression);
    if (!rate.matches()) {
      return CronSchedule.parse(expression).next(from);
    }
    Duration step = Duration.ofHours(hours(rate));
    return Optional.of(
        rate.group(2).startsWith("day") ? endOfDay(from.plus(step)) : from.plus(step));
  }

  private static int checkRate(Matcher rate) {
    int hours = hours(rate);
    if (hours < SHORTEST_RATE_HOURS || hours > LONGEST_RATE_DAYS * HOURS_OF_DAY) {
      throw ServiceException.invalidParameter(
          "The rate of RotationRules.ScheduleExpression must be from %d hours to %d days."
              .formatted(SHORTEST_RATE_HOURS, LONGEST_RATE_DAYS));
    }
    return hours;
  }

  private static int hours(Matcher rate) {
    int number = Integer.parseInt(rate.group(1));
    return rate.group(2).startsWith("day") ? number * HOURS_OF_DAY : number;
  }

  private static int checkCron(String expression) {
    CronSchedule.parse(expression);
    return HOURS_OF_DAY;
  }

  private static void checkDuration(String duration, int mostHours) {
    Matcher matcher = DURATION.matcher(duration);
    int hours = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (hours < 1 || hours > mostHours) {
      throw ServiceException.invalidParameter(
          "RotationRules.Duration must be from 1h to %dh, so that the window ends before the next."
              .formatted(mostHours));
    }
  }

  private static Instant endOfDay(Instant instant) {
    return instant
        .atZone(ZoneOffset.UTC)
        .toLocalDate()
        .atTime(LocalTime.of(23, 59, 59))
        .toInstant(ZoneOffset.UTC);
  }
}

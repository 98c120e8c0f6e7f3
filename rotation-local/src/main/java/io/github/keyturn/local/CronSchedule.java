package io.github.keyturn.local;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schedule {@code cron(minutes hours day-of-month month day-of-week year)} as Secrets Manager
 * takes it: minutes are 0, one of the two days is {@code ?}, and days of the week count from SUN=1.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html">
 *     Rotation schedules</a>
 */
record CronSchedule(BitSet hours, Predicate<LocalDate> days) {

  private static final Pattern CRON = Pattern.compile("cron\\(([^()]*)\\)");
  private static final Pattern NTH_WEEKDAY = Pattern.compile("([A-Z0-9]{1,3})#([1-5])");
  private static final Pattern LAST_WEEKDAY = Pattern.compile("([A-Z0-9]{1,3})L");
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> WEEKDAYS =
      List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final int LOOK_AHEAD_DAYS = 5 * 366;

  static CronSchedule parse(String expression) {
    Matcher cron = CRON.matcher(expression);
    String[] fields =
        cron.matches()
            ? cron.group(1).strip().toUpperCase(Locale.ROOT).split(" +", -1)
            : new String[0];
    if (fields.length != 6 || !fields[0].equals("0") || !fields[5].equals("*")) {
      throw invalid();
    }
    if (fields[2].equals("?") == fields[4].equals("?")) {
      throw invalid();
    }
    BitSet months = range(fields[3], 1, 12, MONTHS);
    Predicate<LocalDate> days =
        fields[4].equals("?") ? daysOfMonth(fields[2]) : daysOfWeek(fields[4]);
    return new CronSchedule(
        range(fields[1], 0, 23, List.of()), days.and(day -> months.get(day.getMonthValue())));
  }

  /** The first time after this one; empty for a day that does not come, such as 31 February. */
  Optional<Instant> next(Instant after) {
    LocalDate first = after.atZone(ZoneOffset.UTC).toLocalDate();
    return first
        .datesUntil(first.plusDays(LOOK_AHEAD_DAYS))
        .filter(days)
        .flatMap(
            day -> hours.stream().mapToObj(hour -> day.atTime(hour, 0).toInstant(ZoneOffset.UTC)))
        .filter(time -> time.isAfter(after))
        .findFirst();
  }

  private static Predicate<LocalDate> daysOfMonth(String field) {
    if (field.equals("L")) {
      return day -> day.equals(YearMonth.from(day).atEndOfMonth());
    }
    BitSet days = range(field, 1, 31, List.of());
    return day -> days.get(day.getDayOfMonth());
  }

  private static Predicate<LocalDate> daysOfWeek(String field) {
    Matcher nth = NTH_WEEKDAY.matcher(field);
    if (nth.matches()) {
      DayOfWeek weekday = weekday(nth.group(1));
      int n = Integer.parseInt(nth.group(2));
      return day -> day.getDayOfWeek() == weekday && (day.getDayOfMonth() + 6) / 7 == n;
    }
    Matcher last = LAST_WEEKDAY.matcher(field);
    if (last.matches()) {
      DayOfWeek weekday = weekday(last.group(1));
      return day -> day.equals(day.with(TemporalAdjusters.lastInMonth(weekday)));
    }
    BitSet days = range(field, 1, 7, WEEKDAYS);
    return day -> days.get(day.getDayOfWeek().getValue() % 7 + 1);
  }

  private static DayOfWeek weekday(String name) {
    return DayOfWeek.SUNDAY.plus(number(name, 1, 7, WEEKDAYS) - 1);
  }

  /** A list of numbers, ranges and steps. */
  private static BitSet range(String field, int lowest, int highest, List<String> names) {
    BitSet set = new BitSet();
    for (String part : field.split(",", -1)) {
      String[] stepped = part.split("/", -1);
      String[] ends = stepped[0].split("-", -1);
      if (stepped.length > 2 || ends.length > 2) {
        throw invalid();
      }
      boolean all = stepped[0].equals("*");
      int from = all ? lowest : number(ends[0], lowest, highest, names);
      int to = all || (stepped.length == 2 && ends.length == 1) ? highest : from;
      if (ends.length == 2) {
        to = number(ends[1], from, highest, names);
      }
      int step = stepped.length == 2 ? number(stepped[1], 1, highest, List.of()) : 1;
      for (int value = from; value <= to; value += step) {
        set.set(value);
      }
    }
    return set;
  }

  private static int number(String text, int lowest, int highest, List<String> names) {
    int named = names.indexOf(text);
    if (named >= 0) {
      return named + 1;
    }
    if (!text.matches("\\d{1,2}")) {
      throw invalid();
    }
    int number = Integer.parseInt(text);
    if (number < lowest || number > highest) {
      throw invalid();
    }
    return number;
  }

  private static ServiceException invalid() {
    return ServiceException.invalidParameter(
        "RotationRules.ScheduleExpression must be a rate such as rate(10 days) or a cron expression"
            + " such as cron(0 8 1 * ? *), with 0 for the minutes and * for the year.");
  }
}

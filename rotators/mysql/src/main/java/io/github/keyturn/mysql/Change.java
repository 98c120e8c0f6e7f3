package io.github.keyturn.mysql;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A statement to be executed. It may hold a password, so it is never shown.
 *
 * @param values what the question marks stand for
 */
record Change(String sql, List<String> values) {

  /** A statement about an account, whose name is its first two values. */
  static Change of(String sql, MysqlAccount account, String... values) {
    return new Change(
        sql,
        Stream.concat(Stream.of(account.user(), account.host()), Arrays.stream(values)).toList());
  }

  @Override
  public String toString() {
    return "Change[***]";
  }
}

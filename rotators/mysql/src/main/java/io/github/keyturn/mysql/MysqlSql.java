package io.github.keyturn.mysql;

/**
 * Writes names and values into statements that take no parameters, such as GRANT, for a session
 * with {@code sql_mode=''}: there a backslash escapes, and a double quote is nothing special.
 */
final class MysqlSql {

  private MysqlSql() {}

  static String name(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  static String literal(String value) {
    return "'" + value.replace("\\", "\\\\").replace("'", "''").replace("\0", "\\0") + "'";
  }
}

package io.github.keyturn.mysql;

/**
 * One row of the server's accounts: a user's name has as many as there are hosts that it may come
 * from, each with passwords and rights of its own.
 */
record MysqlAccount(String user, String host) {

  /** As CURRENT_USER() writes it; a host never contains an at sign. */
  static MysqlAccount parse(String text) {
    int at = text.lastIndexOf('@');
    return new MysqlAccount(text.substring(0, at), text.substring(at + 1));
  }

  /** The account of another user for the same host. */
  MysqlAccount named(String other) {
    return new MysqlAccount(other, host);
  }

  /** As it stands in a statement. */
  String sql() {
    return MysqlSql.literal(user) + "@" + MysqlSql.literal(host);
  }

  /** For messages. */
  @Override
  public String toString() {
    return sql();
  }
}

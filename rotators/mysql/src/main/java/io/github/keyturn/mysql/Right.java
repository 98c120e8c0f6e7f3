package io.github.keyturn.mysql;

import static io.github.keyturn.mysql.MysqlSql.name;

import java.sql.SQLException;
import java.util.List;

/**
 * Something that GRANT gives to an account.
 *
 * @param what names in the form that GRANT takes
 * @param on where it holds, in the form that GRANT takes; empty where there is no such thing
 * @param passedOn whether the account may give it to others, where that belongs to the right
 */
record Right(Kind kind, String what, String on, boolean passedOn) {

  /** In the order in which they are given. */
  enum Kind {
    /** A privilege on everything, a database, a table, columns or a routine. */
    PRIVILEGE,
    /** One of MySQL's dynamic privileges, each with a grant option of its own. */
    DYNAMIC,
    /** A role. */
    ROLE,
    /** The right to act as another account. */
    PROXY,
    /** What a privilege on everything does not hold for: MySQL's partial revokes. */
    RESTRICTION
  }

  static Right privilege(String what, String on) {
    return new Right(Kind.PRIVILEGE, what, on, false);
  }

  /** The place that a statement may name several rights for. */
  String place() {
    return switch (kind) {
      // a column may be gone, and the statement with it
      case PRIVILEGE -> kind + on + column();
      case RESTRICTION -> kind + on;
      case DYNAMIC, ROLE, PROXY -> kind + on + what + passedOn;
    };
  }

  /** The column that a privilege is for, in brackets; empty for all of them. */
  private String column() {
    int bracket = what.indexOf('(');
    return bracket < 0 ? "" : what.substring(bracket);
  }

  /**
   * Whether there is no such table, column or routine any more: the server keeps rights on what was
   * dropped, and gives nobody else the same.
   */
  boolean isGone(MysqlSession session) throws SQLException {
    if (kind != Kind.PRIVILEGE || on.endsWith(".*")) {
      return false;
    }
    try {
      if (!on.startsWith("`")) {
        session.ask("SHOW CREATE " + on, row -> row.getString(1));
        return false;
      }
      List<String> columns = session.ask("SHOW COLUMNS FROM " + on, row -> row.getString(1));
      return !column().isEmpty()
          && columns.stream()
              .noneMatch(column -> column().equalsIgnoreCase("(%s)".formatted(name(column))));
    } catch (SQLException e) {
      return MysqlErrors.isGone(e);
    }
  }

  /** Gives rights of one place to an account. */
  String give(String all, MysqlAccount account) {
    return switch (kind) {
      case PRIVILEGE, DYNAMIC ->
          "GRANT %s ON %s TO %s%s"
              .formatted(all, on, account.sql(), passedOn ? " WITH GRANT OPTION" : "");
      case ROLE ->
          "GRANT %s TO %s%s".formatted(all, account.sql(), passedOn ? " WITH ADMIN OPTION" : "");
      case PROXY ->
          "GRANT PROXY ON %s TO %s%s"
              .formatted(all, account.sql(), passedOn ? " WITH GRANT OPTION" : "");
      case RESTRICTION -> "REVOKE %s ON %s FROM %s".formatted(all, on, account.sql());
    };
  }

  /** Takes rights of one place from an account. */
  String take(String all, MysqlAccount account) {
    return switch (kind) {
      case PRIVILEGE, DYNAMIC -> "REVOKE %s ON %s FROM %s".formatted(all, on, account.sql());
      case ROLE -> "REVOKE %s FROM %s".formatted(all, account.sql());
      case PROXY -> "REVOKE PROXY ON %s FROM %s".formatted(all, account.sql());
      case RESTRICTION -> "GRANT %s ON %s TO %s".formatted(all, on, account.sql());
    };
  }

  /** For the log. */
  @Override
  public String toString() {
    return switch (kind) {
      case PRIVILEGE, DYNAMIC -> what + " on " + on;
      case ROLE -> "role " + what;
      case PROXY -> "proxy for " + what;
      case RESTRICTION -> "no " + what + " on " + on;
    };
  }
}

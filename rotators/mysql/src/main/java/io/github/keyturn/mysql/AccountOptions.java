package io.github.keyturn.mysql;

import static io.github.keyturn.mysql.MysqlSql.literal;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What ALTER USER sets for an account besides its password: TLS, limits, expiry, rules about its
 * passwords, and whether it is locked.
 *
 * @param clauses all of them, as ALTER USER takes them, also those that have their default
 */
record AccountOptions(List<String> clauses) {

  private static final String OF_MYSQL =
      """
      ssl_type, CAST(ssl_cipher AS CHAR), CAST(x509_issuer AS CHAR),
      CAST(x509_subject AS CHAR), max_questions, max_updates, max_connections,
      max_user_connections, password_lifetime, account_locked,
      Password_reuse_history, Password_reuse_time, Password_require_current,
      COALESCE(JSON_EXTRACT(User_attributes, '$.Password_locking.failed_login_attempts'), 0),
      COALESCE(JSON_EXTRACT(User_attributes, '$.Password_locking.password_lock_time_days'), 0)
      """;

  private static final String OF_MARIADB =
      """
      ELT(1 + COALESCE(JSON_VALUE(Priv, '$.ssl_type'), 0), '', 'ANY', 'X509', 'SPECIFIED'),
      COALESCE(JSON_VALUE(Priv, '$.ssl_cipher'), ''),
      COALESCE(JSON_VALUE(Priv, '$.x509_issuer'), ''),
      COALESCE(JSON_VALUE(Priv, '$.x509_subject'), ''),
      COALESCE(JSON_VALUE(Priv, '$.max_questions'), 0),
      COALESCE(JSON_VALUE(Priv, '$.max_updates'), 0),
      COALESCE(JSON_VALUE(Priv, '$.max_connections'), 0),
      COALESCE(JSON_VALUE(Priv, '$.max_user_connections'), 0),
      NULLIF(JSON_VALUE(Priv, '$.password_lifetime'), -1),
      IF(COALESCE(JSON_VALUE(Priv, '$.account_locked'), 0) IN ('true', '1'), 'Y', 'N'),
      COALESCE(JSON_VALUE(Priv, '$.max_statement_time'), 0)
      """;

  /** The columns of mysql.user or mysql.global_priv that {@link #read} takes, in their order. */
  static String columns(Flavor flavor) {
    return flavor == Flavor.MYSQL ? OF_MYSQL : OF_MARIADB;
  }

  /** How many columns these are. */
  static int count(Flavor flavor) {
    return flavor == Flavor.MYSQL ? 15 : 11;
  }

  /** Reads {@link #columns} at the beginning of a row. */
  static AccountOptions read(Flavor flavor, ResultSet row) throws SQLException {
    List<String> clauses = new ArrayList<>();
    clauses.add("REQUIRE " + requirement(row));
    clauses.add(
        "WITH MAX_QUERIES_PER_HOUR %s MAX_UPDATES_PER_HOUR %s MAX_CONNECTIONS_PER_HOUR %s MAX_USER_CONNECTIONS %s"
            .formatted(row.getString(5), row.getString(6), row.getString(7), row.getString(8)));
    if (flavor == Flavor.MARIADB) {
      clauses.add(
          "MAX_STATEMENT_TIME "
              + new BigDecimal(row.getString(11)).stripTrailingZeros().toPlainString());
    }
    clauses.add("PASSWORD EXPIRE " + lifetime(row.getString(9)));
    clauses.add("ACCOUNT " + (isLocked(row) ? "LOCK" : "UNLOCK"));
    if (flavor == Flavor.MYSQL) {
      clauses.add("PASSWORD HISTORY " + orDefault(row.getString(11), ""));
      clauses.add("PASSWORD REUSE INTERVAL " + orDefault(row.getString(12), " DAY"));
      clauses.add("PASSWORD REQUIRE CURRENT" + currentRequired(row.getString(13)));
      clauses.add("FAILED_LOGIN_ATTEMPTS " + row.getString(14));
      clauses.add("PASSWORD_LOCK_TIME " + row.getString(15).replace("-1", "UNBOUNDED"));
    }
    return new AccountOptions(List.copyOf(clauses));
  }

  static boolean isLocked(ResultSet row) throws SQLException {
    return row.getString(10).equals("Y");
  }

  private static String requirement(ResultSet row) throws SQLException {
    return switch (row.getString(1)) {
      case "ANY" -> "SSL";
      case "X509" -> "X509";
      case "SPECIFIED" -> {
        List<String> parts = new ArrayList<>();
        addUnlessEmpty(parts, "CIPHER", row.getString(2));
        addUnlessEmpty(parts, "ISSUER", row.getString(3));
        addUnlessEmpty(parts, "SUBJECT", row.getString(4));
        yield String.join(" AND ", parts);
      }
      default -> "NONE";
    };
  }

  private static void addUnlessEmpty(List<String> parts, String name, String value) {
    if (!value.isEmpty()) {
      parts.add(name + " " + literal(value));
    }
  }

  private static String lifetime(@Nullable String days) {
    if (days == null) {
      return "DEFAULT";
    }
    return days.equals("0") ? "NEVER" : "INTERVAL %s DAY".formatted(days);
  }

  private static String orDefault(@Nullable String number, String unit) {
    return number == null ? "DEFAULT" : number + unit;
  }

  private static String currentRequired(@Nullable String required) {
    if (required == null) {
      return " DEFAULT";
    }
    return required.equals("Y") ? "" : " OPTIONAL";
  }

  /** What this account has otherwise than the other one. */
  List<String> differingFrom(AccountOptions other) {
    return clauses.stream().filter(clause -> !other.clauses.contains(clause)).toList();
  }

  /** Gives an account these options. */
  String statement(MysqlAccount account) {
    return clauses.stream()
        .collect(Collectors.joining(" ", "ALTER USER " + account.sql() + " ", ""));
  }
}

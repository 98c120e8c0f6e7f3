package io.github.keyturn.mysql;

import static io.github.keyturn.mysql.MysqlSql.literal;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The one query that reads all rights of some accounts, so that they are of one moment and cost one
 * round trip. Its rows: whose, which {@link Source}, and up to five columns of that.
 */
final class RightsQuery {

  private static final Pattern TEXT = Pattern.compile("\\{([^}]+)}");

  private RightsQuery() {}

  /**
   * Where rights are kept. {@code {…}} marks a text, whose collation differs from table to table.
   */
  enum Source {
    GLOBAL(
        "SELECT {GRANTEE}, '%s', {PRIVILEGE_TYPE}, {IS_GRANTABLE}, '', '', ''"
            + " FROM information_schema.USER_PRIVILEGES WHERE %s",
        Holder.GRANTEE),
    SCHEMA(
        "SELECT {GRANTEE}, '%s', {PRIVILEGE_TYPE}, {IS_GRANTABLE}, {TABLE_SCHEMA}, '', ''"
            + " FROM information_schema.SCHEMA_PRIVILEGES WHERE %s",
        Holder.GRANTEE),
    TABLE(
        "SELECT {GRANTEE}, '%s', {PRIVILEGE_TYPE}, {IS_GRANTABLE}, {TABLE_SCHEMA}, {TABLE_NAME}, ''"
            + " FROM information_schema.TABLE_PRIVILEGES WHERE %s",
        Holder.GRANTEE),
    COLUMN(
        "SELECT {GRANTEE}, '%s', {PRIVILEGE_TYPE}, {IS_GRANTABLE}, {TABLE_SCHEMA}, {TABLE_NAME},"
            + " {COLUMN_NAME} FROM information_schema.COLUMN_PRIVILEGES WHERE %s",
        Holder.GRANTEE),
    ROUTINE(
        "SELECT {CONCAT('''', User, '''@''', Host, '''')}, '%s', {Proc_priv}, {Routine_type}, {Db},"
            + " {Routine_name}, '' FROM mysql.procs_priv WHERE %s",
        Holder.USER_AND_HOST),
    PROXY(
        "SELECT {CONCAT('''', User, '''@''', Host, '''')}, '%s', {Proxied_user}, {Proxied_host},"
            + " {With_grant}, '', '' FROM mysql.proxies_priv WHERE %s",
        Holder.USER_AND_HOST),
    MYSQL_DYNAMIC(
        "SELECT {CONCAT('''', USER, '''@''', HOST, '''')}, '%s', {PRIV}, {WITH_GRANT_OPTION}, '', '',"
            + " '' FROM mysql.global_grants WHERE %s",
        Holder.USER_AND_HOST),
    MYSQL_RESTRICTION(
        "SELECT {CONCAT('''', u.User, '''@''', u.Host, '''')}, '%s', {p.privilege}, {r.db}, '', '', ''"
            + " FROM mysql.user u,"
            + " JSON_TABLE(u.User_attributes, '$.Restrictions[*]' COLUMNS ("
            + "db TEXT PATH '$.Database', privileges JSON PATH '$.Privileges')) r,"
            + " JSON_TABLE(r.privileges, '$[*]' COLUMNS (privilege TEXT PATH '$')) p WHERE %s",
        Holder.USER_AND_HOST),
    MYSQL_ROLE(
        "SELECT {CONCAT('''', TO_USER, '''@''', TO_HOST, '''')}, '%s', {FROM_USER}, {FROM_HOST},"
            + " {WITH_ADMIN_OPTION}, '', '' FROM mysql.role_edges WHERE %s",
        Holder.TO_USER_AND_HOST),
    MYSQL_DEFAULT_ROLE(
        "SELECT {CONCAT('''', USER, '''@''', HOST, '''')}, '%s', {DEFAULT_ROLE_USER},"
            + " {DEFAULT_ROLE_HOST}, '', '', '' FROM mysql.default_roles WHERE %s",
        Holder.USER_AND_HOST),
    MARIADB_ROLE(
        "SELECT {CONCAT('''', User, '''@''', Host, '''')}, '%s', {Role}, {Admin_option}, '', '', ''"
            + " FROM mysql.roles_mapping WHERE %s",
        Holder.USER_AND_HOST),
    MARIADB_DEFAULT_ROLE(
        "SELECT {CONCAT('''', User, '''@''', Host, '''')}, '%s',"
            + " {COALESCE(JSON_VALUE(Priv, '$.default_role'), '')}, '', '', '', ''"
            + " FROM mysql.global_priv WHERE %s",
        Holder.USER_AND_HOST);

    private final String select;
    private final Holder holder;

    Source(String select, Holder holder) {
      this.select = select;
      this.holder = holder;
    }

    private boolean isOf(Flavor flavor) {
      return Arrays.stream(Flavor.values())
          .filter(other -> other != flavor)
          .noneMatch(other -> name().startsWith(other.name()));
    }
  }

  /** How a table says whose a row is. */
  private enum Holder {
    GRANTEE,
    USER_AND_HOST,
    TO_USER_AND_HOST;

    String is(MysqlAccount account) {
      String user = literal(account.user());
      String host = literal(account.host());
      return switch (this) {
        case GRANTEE -> "GRANTEE = " + literal(grantee(account));
        case USER_AND_HOST -> "(User = %s AND Host = %s)".formatted(user, host);
        case TO_USER_AND_HOST -> "(TO_USER = %s AND TO_HOST = %s)".formatted(user, host);
      };
    }
  }

  /** As the server's views write an account, without escapes. */
  static String grantee(MysqlAccount account) {
    return "'%s'@'%s'".formatted(account.user(), account.host());
  }

  static String of(Flavor flavor, List<MysqlAccount> accounts) {
    return Arrays.stream(Source.values())
        .filter(source -> source.isOf(flavor))
        .map(source -> select(source, accounts))
        .collect(Collectors.joining(" UNION ALL "));
  }

  private static String select(Source source, List<MysqlAccount> accounts) {
    String whose = accounts.stream().map(source.holder::is).collect(Collectors.joining(" OR "));
    return TEXT.matcher(source.select)
        .replaceAll("CONVERT($1 USING utf8mb4) COLLATE utf8mb4_bin")
        .formatted(source, whose);
  }
}

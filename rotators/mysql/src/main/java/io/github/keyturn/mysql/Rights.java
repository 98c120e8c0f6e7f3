package io.github.keyturn.mysql;

import static io.github.keyturn.mysql.MysqlSql.name;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * All that an account may do, read from the server's tables and views: what SHOW GRANTS writes
 * can't be taken apart again safely, as a database may be named {@code a TO b}.
 *
 * @param defaultRoles those that are active from login on, as SET DEFAULT ROLE takes them
 */
record Rights(Set<Right> rights, Set<String> defaultRoles) {

  private static final String EVERYWHERE = "*.*";
  private static final String GRANT_OPTION = "GRANT OPTION";

  private static final String GRANTEE = " WHERE GRANTEE = CONCAT('''', ?, '''@''', ?, '''')";

  private static final String RESTRICTIONS =
      """
      SELECT r.db, p.privilege
      FROM mysql.user u,
           JSON_TABLE(u.User_attributes, '$.Restrictions[*]'
                      COLUMNS (db TEXT PATH '$.Database', privileges JSON PATH '$.Privileges')) r,
           JSON_TABLE(r.privileges, '$[*]' COLUMNS (privilege TEXT PATH '$')) p
      WHERE u.User = ? AND u.Host = ?
      """;

  /**
   * @param mark a role that is no right, and so left out
   */
  static Rights of(MysqlSession session, MysqlAccount account, String mark) throws SQLException {
    Reader reader = new Reader(session, account, mark, new HashSet<>());
    return switch (session.flavor()) {
      case MYSQL -> reader.ofMysql();
      case MARIADB -> reader.ofMariaDb();
    };
  }

  private record Reader(
      MysqlSession session, MysqlAccount account, String mark, Set<Right> rights) {

    Rights ofMysql() throws SQLException {
      Set<String> dynamic = new TreeSet<>();
      forEach(
          "SELECT PRIV, WITH_GRANT_OPTION FROM mysql.global_grants WHERE USER = ? AND HOST = ?",
          2,
          row -> {
            dynamic.add(row.get(0));
            rights.add(
                new Right(Right.Kind.DYNAMIC, row.get(0), EVERYWHERE, row.get(1).equals("Y")));
          });
      addPrivileges(dynamic);
      forEach(
          RESTRICTIONS,
          2,
          row ->
              rights.add(
                  new Right(Right.Kind.RESTRICTION, row.get(1), name(row.get(0)) + ".*", false)));
      forEach(
          """
          SELECT FROM_USER, FROM_HOST, WITH_ADMIN_OPTION
          FROM mysql.role_edges WHERE TO_USER = ? AND TO_HOST = ?
          """,
          3,
          row -> addRole(new MysqlAccount(row.get(0), row.get(1)).sql(), row.get(2)));
      Set<String> defaults = new TreeSet<>();
      forEach(
          """
          SELECT DEFAULT_ROLE_USER, DEFAULT_ROLE_HOST
          FROM mysql.default_roles WHERE USER = ? AND HOST = ?
          """,
          2,
          row -> defaults.add(new MysqlAccount(row.get(0), row.get(1)).sql()));
      return new Rights(rights, defaults);
    }

    Rights ofMariaDb() throws SQLException {
      addPrivileges(Set.of());
      forEach(
          "SELECT Role, Admin_option FROM mysql.roles_mapping WHERE User = ? AND Host = ?",
          2,
          row -> {
            if (!row.get(0).equals(mark)) {
              addRole(name(row.get(0)), row.get(1));
            }
          });
      Set<String> defaults = new TreeSet<>();
      forEach(
          """
          SELECT COALESCE(JSON_VALUE(Priv, '$.default_role'), '')
          FROM mysql.global_priv WHERE User = ? AND Host = ?
          """,
          1,
          row -> {
            if (!row.get(0).isEmpty()) {
              defaults.add(name(row.get(0)));
            }
          });
      return new Rights(rights, defaults);
    }

    private void addPrivileges(Set<String> dynamic) throws SQLException {
      forEach(
          "SELECT PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES" + GRANTEE,
          2,
          row -> {
            if (!dynamic.contains(row.get(0))) {
              add(row.get(0), row.get(1), EVERYWHERE);
            }
          });
      forEach(
          "SELECT PRIVILEGE_TYPE, IS_GRANTABLE, TABLE_SCHEMA FROM information_schema.SCHEMA_PRIVILEGES"
              + GRANTEE,
          3,
          row -> add(row.get(0), row.get(1), name(row.get(2)) + ".*"));
      forEach(
          "SELECT PRIVILEGE_TYPE, IS_GRANTABLE, TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLE_PRIVILEGES"
              + GRANTEE,
          4,
          row -> add(row.get(0), row.get(1), name(row.get(2)) + "." + name(row.get(3))));
      forEach(
          "SELECT PRIVILEGE_TYPE, IS_GRANTABLE, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMN_PRIVILEGES"
              + GRANTEE,
          5,
          row ->
              add(
                  "%s (%s)".formatted(row.get(0), name(row.get(4))),
                  row.get(1),
                  name(row.get(2)) + "." + name(row.get(3))));
      forEach(
          "SELECT Routine_type, Db, Routine_name, Proc_priv FROM mysql.procs_priv WHERE User = ? AND Host = ?",
          4,
          row ->
              addRoutine(
                  "%s %s.%s".formatted(row.get(0), name(row.get(1)), name(row.get(2))),
                  row.get(3)));
      forEach(
          "SELECT Proxied_user, Proxied_host, With_grant FROM mysql.proxies_priv WHERE User = ? AND Host = ?",
          3,
          row ->
              rights.add(
                  new Right(
                      Right.Kind.PROXY,
                      new MysqlAccount(row.get(0), row.get(1)).sql(),
                      "",
                      row.get(2).equals("1"))));
    }

    private void add(String privilege, String passedOn, String on) {
      if (!privilege.equals("USAGE")) {
        rights.add(Right.privilege(privilege, on));
      }
      if (passedOn.equals("YES")) {
        rights.add(Right.privilege(GRANT_OPTION, on));
      }
    }

    /** The table holds a set, whose members are named otherwise than in GRANT. */
    private void addRoutine(String on, String privileges) {
      Arrays.stream(privileges.split(",", -1))
          .filter(privilege -> !privilege.isEmpty())
          .map(privilege -> privilege.toUpperCase(Locale.ROOT))
          .map(privilege -> privilege.equals("GRANT") ? GRANT_OPTION : privilege)
          .forEach(privilege -> rights.add(Right.privilege(privilege, on)));
    }

    private void addRole(String role, String admin) {
      rights.add(new Right(Right.Kind.ROLE, role, "", admin.equals("Y")));
    }

    /** Every query ends with the account's user and host. */
    private void forEach(String query, int columns, Consumer<List<String>> use)
        throws SQLException {
      session
          .ask(
              query,
              row -> {
                List<String> values = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                  values.add(row.getString(column));
                }
                return values;
              },
              account.user(),
              account.host())
          .forEach(use);
    }
  }

  /**
   * The statements that give an account these rights, and no others.
   *
   * @param found what it has now
   */
  List<String> statementsFor(MysqlAccount account, Flavor flavor, Rights found) {
    Set<Right> missing = without(rights, found.rights);
    Set<Right> surplus = without(found.rights, rights);
    List<String> statements = new ArrayList<>();
    byPlace(surplus)
        .forEach(
            (right, all) -> {
              if (right.kind() != Right.Kind.RESTRICTION) {
                statements.add(right.take(all, account));
              }
            });
    // a restriction ends by itself with the privilege that it is of
    byPlace(
            surplus.stream()
                .filter(right -> right.kind() == Right.Kind.RESTRICTION)
                .filter(right -> rights.contains(Right.privilege(right.what(), EVERYWHERE)))
                .collect(Collectors.toSet()))
        .forEach((right, all) -> statements.add(right.take(all, account)));
    byPlace(missing).forEach((right, all) -> statements.add(right.give(all, account)));
    if (!defaultRoles.equals(found.defaultRoles)) {
      statements.add(
          "SET DEFAULT ROLE %s %s %s"
              .formatted(
                  defaultRoles.isEmpty() ? "NONE" : String.join(", ", defaultRoles),
                  flavor == Flavor.MYSQL ? "TO" : "FOR",
                  account.sql()));
    }
    return statements;
  }

  private static Set<Right> without(Set<Right> rights, Set<Right> others) {
    Set<Right> rest = new LinkedHashSet<>(rights);
    rest.removeAll(others);
    return rest;
  }

  /** One right of each place, with the names of all of them, in the order of the kinds. */
  private static Map<Right, String> byPlace(Set<Right> rights) {
    Map<String, List<Right>> places = new LinkedHashMap<>();
    rights.stream()
        .sorted(
            Comparator.comparing(Right::kind).thenComparing(Right::on).thenComparing(Right::what))
        .forEach(
            right -> places.computeIfAbsent(right.place(), key -> new ArrayList<>()).add(right));
    Map<Right, String> grouped = new LinkedHashMap<>();
    places
        .values()
        .forEach(
            all ->
                grouped.put(
                    all.get(0), all.stream().map(Right::what).collect(Collectors.joining(", "))));
    return grouped;
  }

  /** How the other one differs, for the log. */
  List<String> differencesOf(Rights found) {
    List<String> differences = new ArrayList<>();
    without(rights, found.rights).forEach(right -> differences.add("lacks " + right));
    without(found.rights, rights).forEach(right -> differences.add("has " + right));
    if (!defaultRoles.equals(found.defaultRoles)) {
      differences.add("has other default roles");
    }
    return differences;
  }
}

package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.mysql.MysqlSql.name;

import io.github.keyturn.RotationException;
import io.github.keyturn.mysql.Right.Kind;
import io.github.keyturn.mysql.RightsQuery.Source;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
  private static final int COLUMNS = 7;

  /**
   * The rights of some accounts.
   *
   * @param mark a role that is no right, and so left out
   */
  static Map<MysqlAccount, Rights> of(
      MysqlSession session, List<MysqlAccount> accounts, String mark) throws SQLException {
    List<List<String>> rows =
        session.ask(RightsQuery.of(session.flavor(), accounts), Rights::texts);
    Map<MysqlAccount, Rights> rights = new HashMap<>();
    for (MysqlAccount account : accounts) {
      String holder = RightsQuery.grantee(account);
      List<List<String>> own = rows.stream().filter(row -> row.get(0).equals(holder)).toList();
      requireSeen(session, account, own);
      rights.put(account, new Collector(mark, new HashSet<>(), new TreeSet<>()).collect(own));
    }
    return rights;
  }

  /** Each account has USAGE at least; who may not see it sees two accounts without any rights. */
  private static void requireSeen(
      MysqlSession session, MysqlAccount account, List<List<String>> rows) {
    if (rows.stream().noneMatch(row -> Source.valueOf(row.get(1)) == Source.GLOBAL)) {
      throw new RotationException(
          PRIVILEGE,
          "the superuser '%s' can't see what %s may do, or it was dropped; GRANT SELECT ON mysql.* to the superuser, all of it and not some of its tables"
              .formatted(session.secret().username(), account));
    }
  }

  private static List<String> texts(ResultSet row) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int column = 1; column <= COLUMNS; column++) {
      texts.add(row.getString(column));
    }
    return texts;
  }

  private record Collector(String mark, Set<Right> rights, Set<String> defaultRoles) {

    Rights collect(List<List<String>> rows) {
      Set<String> dynamic =
          rows.stream()
              .filter(row -> Source.valueOf(row.get(1)) == Source.MYSQL_DYNAMIC)
              .map(row -> row.get(2))
              .collect(Collectors.toSet());
      for (List<String> row : rows) {
        add(Source.valueOf(row.get(1)), row.subList(2, COLUMNS), dynamic);
      }
      if (rows.stream()
          .anyMatch(row -> Source.valueOf(row.get(1)) == Source.MARIADB_DEFAULT_ROLE)) {
        // it outlives the grant of its role there, and can't be set without one
        defaultRoles.removeIf(role -> !isGranted(role));
      }
      return new Rights(rights, defaultRoles);
    }

    private boolean isGranted(String role) {
      return rights.stream()
          .anyMatch(right -> right.kind() == Kind.ROLE && right.what().equals(role));
    }

    private void add(Source source, List<String> row, Set<String> dynamic) {
      String what = row.get(0);
      String second = row.get(1);
      switch (source) {
        case GLOBAL -> {
          // where the dynamic ones stand too
          if (!dynamic.contains(what)) {
            addPrivilege(what, second, EVERYWHERE);
          }
        }
        case SCHEMA -> addPrivilege(what, second, name(row.get(2)) + ".*");
        case TABLE -> addPrivilege(what, second, name(row.get(2)) + "." + name(row.get(3)));
        case COLUMN ->
            addPrivilege(
                "%s (%s)".formatted(what, name(row.get(4))),
                second,
                name(row.get(2)) + "." + name(row.get(3)));
        case ROUTINE ->
            addRoutine("%s %s.%s".formatted(second, name(row.get(2)), name(row.get(3))), what);
        case PROXY -> rights.add(new Right(Kind.PROXY, account(row), "", row.get(2).equals("1")));
        case MYSQL_DYNAMIC ->
            rights.add(new Right(Kind.DYNAMIC, what, EVERYWHERE, second.equals("Y")));
        case MYSQL_RESTRICTION ->
            rights.add(new Right(Kind.RESTRICTION, what, name(second) + ".*", false));
        case MYSQL_ROLE ->
            rights.add(new Right(Kind.ROLE, account(row), "", row.get(2).equals("Y")));
        case MYSQL_DEFAULT_ROLE -> defaultRoles.add(account(row));
        case MARIADB_ROLE -> {
          if (!what.equals(mark)) {
            rights.add(new Right(Kind.ROLE, name(what), "", second.equals("Y")));
          }
        }
        case MARIADB_DEFAULT_ROLE -> {
          if (!what.isEmpty()) {
            defaultRoles.add(name(what));
          }
        }
      }
    }

    private static String account(List<String> row) {
      return new MysqlAccount(row.get(0), row.get(1)).sql();
    }

    private void addPrivilege(String privilege, String passedOn, String on) {
      if (!privilege.startsWith("USAGE")) {
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
              if (right.kind() != Kind.RESTRICTION) {
                statements.add(right.take(all, account));
              }
            });
    // a restriction ends by itself with the privilege that it is of
    byPlace(
            surplus.stream()
                .filter(right -> right.kind() == Kind.RESTRICTION)
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

  /** These rights without those that the other one lacks because their object was dropped. */
  Rights existing(Rights found, MysqlSession session) throws SQLException {
    Set<Right> existing = new LinkedHashSet<>(rights);
    for (Right missing : without(rights, found.rights)) {
      if (missing.isGone(session)) {
        existing.remove(missing);
      }
    }
    return new Rights(existing, defaultRoles);
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

  /** Whether nobody may change the account who has not the same privilege of MySQL's. */
  boolean protectsAccount() {
    return rights.stream()
        .anyMatch(right -> right.kind() == Kind.DYNAMIC && right.what().equals("SYSTEM_USER"));
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

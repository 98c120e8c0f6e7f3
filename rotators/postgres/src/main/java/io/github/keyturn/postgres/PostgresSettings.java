package io.github.keyturn.postgres;

import static io.github.keyturn.postgres.PostgresSql.name;
import static io.github.keyturn.postgres.PostgresSql.set;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What ALTER ROLE … SET has stored for a role.
 *
 * @param byDatabase the settings by name, by database; the empty name stands for all databases
 */
record PostgresSettings(Map<String, Map<String, String>> byDatabase) {

  private static final String ALL_DATABASES = "";

  private static final String STORED =
      """
      SELECT coalesce(d.datname, ''), s.setconfig
      FROM pg_catalog.pg_db_role_setting s
      JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
      LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
      WHERE r.rolname = ?
      """;

  static PostgresSettings of(Connection connection, String role) throws SQLException {
    Map<String, Map<String, String>> byDatabase = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(STORED)) {
      statement.setString(1, role);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          byDatabase.put(rows.getString(1), parse(rows.getArray(2)));
        }
      }
    }
    return new PostgresSettings(byDatabase);
  }

  private static Map<String, String> parse(Array stored) throws SQLException {
    Map<String, String> settings = new TreeMap<>();
    for (String setting : (String[]) stored.getArray()) {
      int equals = setting.indexOf('=');
      String name = setting.substring(0, equals);
      settings.put(name, PostgresSql.canonical(name, setting.substring(equals + 1)));
    }
    return settings;
  }

  /**
   * The same settings, and from login on the clone acts as the original (or as whom that acts as).
   */
  PostgresSettings asCloneOf(String original) {
    Map<String, Map<String, String>> copy = new TreeMap<>();
    byDatabase.forEach((database, settings) -> copy.put(database, actingAs(original, settings)));
    copy.computeIfAbsent(ALL_DATABASES, all -> new TreeMap<>()).putIfAbsent("role", original);
    return new PostgresSettings(copy);
  }

  /** To act as nobody else is, for the clone, to act as the original. */
  private static Map<String, String> actingAs(String original, Map<String, String> settings) {
    Map<String, String> copy = new TreeMap<>(settings);
    copy.replaceAll(
        (name, value) -> name.equals("role") && value.equalsIgnoreCase("none") ? original : value);
    return copy;
  }

  Map<String, String> in(String database) {
    return byDatabase.getOrDefault(database, Map.of());
  }

  SortedSet<String> databasesThatDiffer(PostgresSettings other) {
    SortedSet<String> databases = new TreeSet<>(byDatabase.keySet());
    databases.addAll(other.byDatabase.keySet());
    databases.removeIf(database -> in(database).equals(other.in(database)));
    return databases;
  }

  /** What makes a role, which has others so far, have these settings; nothing if it has them. */
  List<String> statementsFor(String role, PostgresSettings found) {
    List<String> statements = new ArrayList<>();
    for (String database : databasesThatDiffer(found)) {
      String target =
          "ALTER ROLE %s%s "
              .formatted(name(role), database.isEmpty() ? "" : " IN DATABASE " + name(database));
      statements.add(target + "RESET ALL");
      in(database).forEach((setting, value) -> statements.add(target + set(setting, value)));
    }
    return statements;
  }
}

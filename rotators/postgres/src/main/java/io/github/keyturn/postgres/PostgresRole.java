package io.github.keyturn.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A role's attributes.
 *
 * @param validUntil as the server writes it; {@code infinity} when there is no limit
 */
record PostgresRole(
    boolean canLogin,
    boolean isSuperuser,
    boolean inherits,
    boolean createsDatabases,
    boolean createsRoles,
    boolean replicates,
    boolean bypassesRowSecurity,
    int connectionLimit,
    String validUntil) {

  private static final String FIND =
      """
      SELECT rolcanlogin, rolsuper, rolinherit, rolcreatedb, rolcreaterole, rolreplication,
             rolbypassrls, rolconnlimit,
             coalesce(CASE WHEN pg_catalog.isfinite(rolvaliduntil)
                           THEN (rolvaliduntil AT TIME ZONE 'UTC')::text || '+00'
                           ELSE rolvaliduntil::text END,
                      'infinity')
      FROM pg_catalog.pg_roles
      WHERE rolname = ?
      """;

  static Optional<PostgresRole> find(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(of(row)) : Optional.empty();
      }
    }
  }

  private static PostgresRole of(ResultSet row) throws SQLException {
    int column = 0;
    return new PostgresRole(
        row.getBoolean(++column),
        row.getBoolean(++column),
        row.getBoolean(++column),
        row.getBoolean(++column),
        row.getBoolean(++column),
        row.getBoolean(++column),
        row.getBoolean(++column),
        row.getInt(++column),
        row.getString(++column));
  }

  /**
   * The options of ALTER ROLE that make this clone like its original. Only what differs: merely
   * naming some of them takes a right of its own.
   */
  List<String> attributesToChange(PostgresRole original) {
    List<String> options = new ArrayList<>();
    add(options, "LOGIN", canLogin, true);
    add(options, "INHERIT", inherits, true);
    add(options, "CREATEDB", createsDatabases, original.createsDatabases);
    add(options, "CREATEROLE", createsRoles, original.createsRoles);
    add(options, "REPLICATION", replicates, original.replicates);
    add(options, "BYPASSRLS", bypassesRowSecurity, original.bypassesRowSecurity);
    if (connectionLimit != original.connectionLimit) {
      options.add("CONNECTION LIMIT " + original.connectionLimit);
    }
    if (!validUntil.equals(original.validUntil)) {
      options.add("VALID UNTIL '%s'".formatted(original.validUntil));
    }
    return options;
  }

  private static void add(List<String> options, String option, boolean found, boolean wanted) {
    if (found != wanted) {
      options.add(wanted ? option : "NO" + option);
    }
  }
}

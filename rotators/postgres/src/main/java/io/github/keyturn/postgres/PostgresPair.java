package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;

import io.github.keyturn.RotationException;
import io.github.keyturn.jdbc.UserPair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.PGConnection;

/**
 * The two roles of a pair at the server: whether they belong together, and what the clone lacks.
 */
final class PostgresPair {

  private static final int MEMBERSHIP_OPTIONS_SINCE = 16;

  private static final String LOCK =
      "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('keyturn'), pg_catalog.hashtext(?))";

  private static final String MEMBERSHIP =
      """
      SELECT %s
      FROM pg_catalog.pg_auth_members m
      JOIN pg_catalog.pg_roles original ON original.oid = m.roleid
      JOIN pg_catalog.pg_roles clone ON clone.oid = m.member
      WHERE original.rolname = ? AND clone.rolname = ?
      """;

  private static final String ADMINISTRABLE =
      """
      SELECT a.rolsuper,
             a.rolcreaterole,
             (SELECT pg_catalog.bool_and(pg_catalog.pg_has_role(a.oid, r.oid, 'USAGE WITH ADMIN OPTION'))
              FROM pg_catalog.pg_roles r
              WHERE r.rolname IN (?, ?))
      FROM pg_catalog.pg_roles a
      WHERE a.rolname = session_user
      """;

  private final Connection connection;
  private final UserPair pair;

  PostgresPair(Connection connection, UserPair pair) {
    this.connection = connection;
    this.pair = pair;
  }

  /** One delivery of setSecret at a time changes the pair, until its transaction ends. */
  static PostgresPair lock(Connection connection, UserPair pair) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setString(1, pair.originalUser());
      statement.execute();
    }
    return new PostgresPair(connection, pair);
  }

  /**
   * Proves at the server that the two roles are a pair: the clone is a member of the original, or
   * is still to be made. A role that only has the right name is somebody else's.
   *
   * @param owner the user that has logged in with the secret's own password
   */
  void requireBelongTogether(String owner) throws SQLException {
    PostgresRole original =
        PostgresRole.find(connection, pair.originalUser())
            .orElseThrow(
                () ->
                    new RotationException(
                        MISCONFIGURED,
                        "'%s' looks like a clone, but there is no user '%s'; a user whose own name ends like that can't alternate: use the single-user strategy"
                            .formatted(owner, pair.originalUser())));
    Optional<PostgresRole> clone = PostgresRole.find(connection, pair.cloneUser());
    if (clone.isPresent() && membership().isEmpty()) {
      throw new RotationException(
          MISCONFIGURED,
          "'%s' is no member of '%s', so the two are no pair and nothing was changed; if '%s' is meant to be the clone, GRANT %s TO %s"
              .formatted(
                  pair.cloneUser(),
                  pair.originalUser(),
                  pair.cloneUser(),
                  pair.originalUser(),
                  pair.cloneUser()));
    }
    if (!original.canLogin()) {
      throw new RotationException(
          MISCONFIGURED,
          "'%s' may not log in, so it is a group and no user that could alternate with '%s'; use the single-user strategy for '%s'"
              .formatted(pair.originalUser(), pair.cloneUser(), owner));
    }
    if (original.isSuperuser() || clone.map(PostgresRole::isSuperuser).orElse(false)) {
      throw new RotationException(
          MISCONFIGURED,
          "'%s' or '%s' is a superuser, and superusers are not cloned; use the single-user strategy"
              .formatted(pair.originalUser(), pair.cloneUser()));
    }
  }

  /** Names the right that PostgreSQL 16 began to ask for, before it fails half-way. */
  void requireAdministrable() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADMINISTRABLE)) {
      statement.setString(1, pair.originalUser());
      statement.setString(2, pair.cloneUser());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        requireAdministrable(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3));
      }
    }
  }

  private void requireAdministrable(boolean superuser, boolean createRole, boolean adminOption)
      throws SQLException {
    if (!superuser && !createRole) {
      throw new RotationException(
          PRIVILEGE,
          "the superuser secret's user has no CREATEROLE; ALTER ROLE … CREATEROLE, or name another superuser secret");
    }
    if (!superuser && !adminOption && version() >= MEMBERSHIP_OPTIONS_SINCE) {
      throw new RotationException(
          PRIVILEGE,
          "since PostgreSQL 16 the superuser secret's user needs ADMIN OPTION on the roles that it changes; GRANT %s TO it WITH ADMIN OPTION (and %s, if it exists)"
              .formatted(pair.originalUser(), pair.cloneUser()));
    }
  }

  /** Makes the clone if it is missing, and gives it whatever it lacks. */
  void bringCloneInLine() throws SQLException {
    PostgresRole original = PostgresRole.find(connection, pair.originalUser()).orElseThrow();
    if (PostgresRole.find(connection, pair.cloneUser()).isEmpty()) {
      execute(
          "CREATE ROLE %s LOGIN INHERIT IN ROLE %s"
              .formatted(name(pair.cloneUser()), name(pair.originalUser())));
    }
    if (!membership().map(Membership::complete).orElse(false)) {
      execute(
          "GRANT %s TO %s%s"
              .formatted(
                  name(pair.originalUser()),
                  name(pair.cloneUser()),
                  version() >= MEMBERSHIP_OPTIONS_SINCE ? " WITH INHERIT TRUE, SET TRUE" : ""));
    }
    PostgresRole clone = PostgresRole.find(connection, pair.cloneUser()).orElseThrow();
    List<String> attributes = clone.attributesToChange(original);
    if (!attributes.isEmpty()) {
      execute("ALTER ROLE %s %s".formatted(name(pair.cloneUser()), String.join(" ", attributes)));
    }
    bringSettingsInLine(
        PostgresSettings.of(connection, pair.originalUser()).asCloneOf(pair.originalUser()),
        PostgresSettings.of(connection, pair.cloneUser()));
  }

  private void bringSettingsInLine(PostgresSettings wanted, PostgresSettings found)
      throws SQLException {
    for (String database : wanted.databasesThatDiffer(found)) {
      String target =
          "ALTER ROLE %s%s"
              .formatted(
                  name(pair.cloneUser()),
                  database.isEmpty() ? "" : " IN DATABASE " + name(database));
      execute(target + " RESET ALL");
      for (Map.Entry<String, String> setting : wanted.in(database).entrySet()) {
        copySetting(target, setting.getKey(), setting.getValue());
      }
    }
  }

  /**
   * Lets the server itself write the value down: FROM CURRENT needs no quoting rules for lists such
   * as search_path. Only the role must not be taken on by this session.
   */
  private void copySetting(String target, String setting, String value) throws SQLException {
    if (setting.equals("role")) {
      execute("%s SET role TO %s".formatted(target, literal(value)));
      return;
    }
    String before = configure(setting, value);
    execute("%s SET %s FROM CURRENT".formatted(target, qualifiedName(setting)));
    configure(setting, before);
  }

  /** Sets a parameter for this transaction and returns what it was. */
  private String configure(String setting, String value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_catalog.current_setting(?, true), pg_catalog.set_config(?, ?, true)")) {
      statement.setString(1, setting);
      statement.setString(2, setting);
      statement.setString(3, value);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String before = row.getString(1);
        return before == null ? "" : before;
      }
    }
  }

  /** What the clone, logged in here, does not have of what it needs. */
  List<String> lackingAsClone() throws SQLException {
    Optional<PostgresRole> original = PostgresRole.find(connection, pair.originalUser());
    Optional<PostgresRole> clone = PostgresRole.find(connection, pair.cloneUser());
    if (original.isEmpty() || clone.isEmpty()) {
      return List.of("its original '%s'".formatted(pair.originalUser()));
    }
    List<String> lacking = new ArrayList<>();
    if (!membership().map(Membership::complete).orElse(false)) {
      lacking.add("full membership in '%s'".formatted(pair.originalUser()));
    }
    lacking.addAll(clone.get().attributesToChange(original.get()));
    PostgresSettings wanted =
        PostgresSettings.of(connection, pair.originalUser()).asCloneOf(pair.originalUser());
    PostgresSettings.of(connection, pair.cloneUser())
        .databasesThatDiffer(wanted)
        .forEach(
            database ->
                lacking.add(
                    database.isEmpty()
                        ? "the original's settings"
                        : "the original's settings in database '%s'".formatted(database)));
    return lacking;
  }

  /** The options of the clone's membership in the original, over all grantors. */
  private record Membership(boolean inherit, boolean set) {
    boolean complete() {
      return inherit && set;
    }
  }

  private Optional<Membership> membership() throws SQLException {
    String options =
        version() >= MEMBERSHIP_OPTIONS_SINCE ? "m.inherit_option, m.set_option" : "true, true";
    try (PreparedStatement statement = connection.prepareStatement(MEMBERSHIP.formatted(options))) {
      statement.setString(1, pair.originalUser());
      statement.setString(2, pair.cloneUser());
      try (ResultSet rows = statement.executeQuery()) {
        Optional<Membership> found = Optional.empty();
        while (rows.next()) {
          Membership before = found.orElse(new Membership(false, false));
          found =
              Optional.of(
                  new Membership(
                      before.inherit() || rows.getBoolean(1), before.set() || rows.getBoolean(2)));
        }
        return found;
      }
    }
  }

  private int version() throws SQLException {
    return connection.getMetaData().getDatabaseMajorVersion();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String name(String identifier) throws SQLException {
    return connection.unwrap(PGConnection.class).escapeIdentifier(identifier);
  }

  private String qualifiedName(String setting) throws SQLException {
    List<String> parts = new ArrayList<>();
    for (String part : setting.split("\\.", -1)) {
      parts.add(name(part));
    }
    return String.join(".", parts);
  }

  private String literal(String value) throws SQLException {
    return connection.unwrap(PGConnection.class).escapeLiteral(value);
  }
}

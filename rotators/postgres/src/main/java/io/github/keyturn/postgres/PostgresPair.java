package io.github.keyturn.postgres;

import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.postgres.PostgresSql.literal;
import static io.github.keyturn.postgres.PostgresSql.name;

import io.github.keyturn.RotationException;
import io.github.keyturn.jdbc.UserPair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The two roles of a pair at the server: whether they belong together, and what the clone lacks.
 */
final class PostgresPair {

  private static final int MEMBERSHIP_OPTIONS_SINCE = 16;
  private static final int LOCK_TRIES = 10;
  private static final long LOCK_PAUSE_MILLIS = 100;

  private static final String LOCK =
      "SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('keyturn'), pg_catalog.hashtext(?))";

  private static final String MEMBERSHIP =
      """
      SELECT %s
      FROM pg_catalog.pg_auth_members m
      JOIN pg_catalog.pg_roles original ON original.oid = m.roleid
      JOIN pg_catalog.pg_roles clone ON clone.oid = m.member
      WHERE original.rolname = ? AND clone.rolname = ?
      """;

  private static final String COMMENT =
      """
      SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_authid'), '')
      FROM pg_catalog.pg_roles
      WHERE rolname = ?
      """;

  private static final String MEMBER_OF_ANOTHER_USER =
      """
      SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                     JOIN pg_catalog.pg_roles other ON other.oid = m.roleid
                     JOIN pg_catalog.pg_roles clone ON clone.oid = m.member
                     WHERE clone.rolname = ? AND other.rolname <> ? AND other.rolcanlogin)
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

  String original() {
    return pair.originalUser();
  }

  /**
   * One delivery of setSecret after the other. Anybody can take such a lock, so it is only waited
   * for a moment; without it the transaction is as safe, but may have to run again.
   */
  void lock() throws SQLException, InterruptedException {
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setString(1, pair.originalUser());
      for (int attempt = 1; attempt <= LOCK_TRIES && !answer(statement); attempt++) {
        Thread.sleep(LOCK_PAUSE_MILLIS);
      }
    }
  }

  private static boolean answer(PreparedStatement question) throws SQLException {
    try (ResultSet row = question.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /**
   * Proves that both roles want to be a pair, since the right name may be somebody else's. The one
   * that has just logged in does by that; for the other one somebody must have said so who
   * administers it: the clone carries a mark, and the original has the clone as a member.
   *
   * @param owner the user that has logged in with the secret's own password
   * @throws NoPairException when the other role has not consented
   */
  void requireConsent(String owner) throws SQLException {
    Optional<PostgresRole> original = PostgresRole.find(connection, pair.originalUser());
    Optional<PostgresRole> clone = PostgresRole.find(connection, pair.cloneUser());
    if (original.isEmpty()) {
      throw new NoPairException(
          "'%s' looks like a clone, but there is no user '%s'; a user whose own name ends like that can't alternate: use the single-user strategy"
              .formatted(owner, pair.originalUser()));
    }
    if (!original.get().canLogin()) {
      throw new NoPairException(
          "'%s' may not log in, so it is a group and no user that could alternate with '%s'; use the single-user strategy for '%s'"
              .formatted(pair.originalUser(), pair.cloneUser(), owner));
    }
    if (original.get().isSuperuser() || clone.map(PostgresRole::isSuperuser).orElse(false)) {
      throw new NoPairException(
          "'%s' or '%s' is a superuser, and superusers are not cloned; use the single-user strategy"
              .formatted(pair.originalUser(), pair.cloneUser()));
    }
    if (clone.isPresent() && !pair.isClone(owner) && !marked()) {
      throw new NoPairException(
          "'%s' does not say that it is the clone of '%s', so the two are no pair and nothing was changed; if it is: %s"
              .formatted(pair.cloneUser(), pair.originalUser(), markStatement("")));
    }
    if (clone.isPresent() && isMemberOfAnotherUser()) {
      throw new NoPairException(
          "'%s' is a member of another user than '%s', so it would keep that one's rights; REVOKE that membership if '%s' is its clone"
              .formatted(pair.cloneUser(), pair.originalUser(), pair.cloneUser()));
    }
    if (pair.isClone(owner) && !membership().map(Membership::set).orElse(false)) {
      throw new NoPairException(
          "'%s' is no member of '%s' that may act as it, so the two are no pair and nothing was changed; if '%s' is its clone: GRANT %s TO %s"
              .formatted(
                  pair.cloneUser(),
                  pair.originalUser(),
                  pair.cloneUser(),
                  name(pair.originalUser()),
                  name(pair.cloneUser())));
    }
  }

  /** The two roles are not a pair, or one of them must not be changed. */
  static final class NoPairException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoPairException(String message) {
      super(message);
    }
  }

  private boolean marked() throws SQLException {
    return comment().lines().anyMatch(mark()::equals);
  }

  private String comment() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMMENT)) {
      statement.setString(1, pair.cloneUser());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  private boolean isMemberOfAnotherUser() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MEMBER_OF_ANOTHER_USER)) {
      statement.setString(1, pair.cloneUser());
      statement.setString(2, pair.originalUser());
      return answer(statement);
    }
  }

  private String mark() {
    return "keyturn: clone of " + pair.originalUser();
  }

  /** The mark is a line of the comment: what an administrator has noted there stays. */
  private String markStatement(String before) {
    String comment = before.isEmpty() ? mark() : before + "\n" + mark();
    return "COMMENT ON ROLE %s IS %s".formatted(name(pair.cloneUser()), literal(comment));
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
              .formatted(name(pair.originalUser()), name(pair.cloneUser())));
    }
  }

  /**
   * Gives the clone whatever it lacks, if it is the one to be set next, and makes it if it is
   * missing. An existing clone that has consented by its login is marked for the time when it is
   * its turn.
   */
  void bringInLine(String next) throws SQLException {
    boolean missing = PostgresRole.find(connection, pair.cloneUser()).isEmpty();
    if (pair.isClone(next) && missing) {
      execute(
          "CREATE ROLE %s LOGIN INHERIT IN ROLE %s"
              .formatted(name(pair.cloneUser()), name(pair.originalUser())));
    }
    if ((pair.isClone(next) || !missing) && !marked()) {
      execute(markStatement(comment()));
    }
    if (pair.isClone(next)) {
      bringCloneInLine();
    }
  }

  private void bringCloneInLine() throws SQLException {
    if (!isFullMember()) {
      execute(
          "GRANT %s TO %s%s"
              .formatted(
                  name(pair.originalUser()),
                  name(pair.cloneUser()),
                  version() >= MEMBERSHIP_OPTIONS_SINCE ? " WITH INHERIT TRUE, SET TRUE" : ""));
    }
    PostgresRole original = PostgresRole.find(connection, pair.originalUser()).orElseThrow();
    PostgresRole clone = PostgresRole.find(connection, pair.cloneUser()).orElseThrow();
    List<String> attributes = clone.attributesToChange(original);
    if (!attributes.isEmpty()) {
      execute("ALTER ROLE %s %s".formatted(name(pair.cloneUser()), String.join(" ", attributes)));
    }
    PostgresSettings found = PostgresSettings.of(connection, pair.cloneUser());
    for (String statement : settingsOwed().statementsFor(pair.cloneUser(), found)) {
      execute(statement);
    }
  }

  private PostgresSettings settingsOwed() throws SQLException {
    return PostgresSettings.of(connection, pair.originalUser()).asCloneOf(pair.originalUser());
  }

  /** What the clone, logged in here, does not have of what it needs. */
  List<String> lackingAsClone() throws SQLException {
    Optional<PostgresRole> original = PostgresRole.find(connection, pair.originalUser());
    Optional<PostgresRole> clone = PostgresRole.find(connection, pair.cloneUser());
    if (original.isEmpty() || clone.isEmpty()) {
      return List.of("its original '%s'".formatted(pair.originalUser()));
    }
    List<String> lacking = new ArrayList<>();
    if (!isFullMember()) {
      lacking.add("full membership in '%s'".formatted(pair.originalUser()));
    }
    lacking.addAll(clone.get().attributesToChange(original.get()));
    PostgresSettings.of(connection, pair.cloneUser())
        .databasesThatDiffer(settingsOwed())
        .forEach(
            database ->
                lacking.add(
                    database.isEmpty()
                        ? "the original's settings"
                        : "the original's settings in database '%s'".formatted(database)));
    return lacking;
  }

  private boolean isFullMember() throws SQLException {
    return membership().map(Membership::complete).orElse(false);
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
}

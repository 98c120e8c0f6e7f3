package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.mysql.MysqlSql.literal;
import static io.github.keyturn.mysql.MysqlSql.name;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.jdbc.UserPair;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The two accounts of a pair for one host, seen by a superuser: whether they belong together, and
 * what the clone lacks.
 */
final class MysqlPair {

  /** The first with attributes of a user, which the mark is one of. */
  private static final Version MARKS_SINCE = new Version(8, 0, 21);

  /** A change of one right may take another one with it, or bring it back. */
  private static final int ROUNDS = 3;

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f]");

  private static final String OF_MYSQL =
      """
      SELECT %s, User,
             IF(JSON_UNQUOTE(JSON_EXTRACT(User_attributes, '$.metadata.keyturn')) = ?, 'YES', 'NO')
      FROM mysql.user
      WHERE User IN (?, ?) AND Host = ?
      """
          .formatted(AccountOptions.columns(Flavor.MYSQL));

  /** Without attributes of users: a role of the clone's name, which is granted to it. */
  private static final String OF_MARIADB =
      """
      SELECT %s, User,
             CASE WHEN EXISTS (SELECT 1 FROM mysql.roles_mapping m
                               WHERE m.User = a.User AND m.Host = a.Host AND m.Role = mark.name)
                  THEN 'YES'
                  WHEN EXISTS (SELECT 1 FROM mysql.global_priv r
                               WHERE r.User = mark.name
                                 AND JSON_VALUE(r.Priv, '$.is_role') IN ('true', '1'))
                  THEN 'NOT_YET'
                  ELSE 'NO'
             END
      FROM mysql.global_priv a, (SELECT ? AS name) mark
      WHERE User IN (?, ?) AND Host = ?
      """
          .formatted(AccountOptions.columns(Flavor.MARIADB));

  private final MysqlSession session;
  private final MysqlAccount original;
  private final MysqlAccount clone;

  MysqlPair(MysqlSession session, UserPair names, String host) {
    this.session = session;
    this.original = new MysqlAccount(names.originalUser(), host);
    this.clone = new MysqlAccount(names.cloneUser(), host);
  }

  /** The two accounts are not a pair, or one of them must not be changed. */
  static final class NoPairException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoPairException(String message) {
      super(message);
    }
  }

  /** Whether an account says that it is the clone. */
  private enum Mark {
    YES,
    /** The role is there, and the function may have died before it granted it. */
    NOT_YET,
    NO
  }

  /** An account as the server has it. */
  private record Found(AccountOptions options, boolean locked, Mark mark) {

    static Found read(Flavor flavor, ResultSet row) throws SQLException {
      return new Found(
          AccountOptions.read(flavor, row),
          AccountOptions.isLocked(row),
          Mark.valueOf(row.getString(AccountOptions.count(flavor) + 2)));
    }

    /** Who made the clone has locked it first. */
    boolean isMarked() {
      return mark == Mark.YES || (mark == Mark.NOT_YET && locked);
    }
  }

  MysqlAccount account(String username) {
    return username.equals(clone.user()) ? clone : original;
  }

  private Map<MysqlAccount, Found> find() throws SQLException {
    Flavor flavor = session.flavor();
    Map<MysqlAccount, Found> found = new HashMap<>();
    session
        .ask(
            flavor == Flavor.MYSQL ? OF_MYSQL : OF_MARIADB,
            row ->
                Map.entry(row.getString(AccountOptions.count(flavor) + 1), Found.read(flavor, row)),
            flavor == Flavor.MYSQL ? attribute() : role(),
            original.user(),
            clone.user(),
            original.host())
        .forEach(entry -> found.put(account(entry.getKey()), entry.getValue()));
    return found;
  }

  /**
   * Proves that both accounts want to be a pair, since the right name may be somebody else's: a
   * clone that exists must carry a mark, which only an administrator can set.
   *
   * @return whether there is a clone
   * @throws NoPairException when the two are no pair
   */
  boolean requireConsent() throws SQLException {
    if (session.flavor() == Flavor.MYSQL && session.version().compareTo(MARKS_SINCE) < 0) {
      throw new RotationException(
          MISCONFIGURED,
          "alternating users need MySQL %s or newer, and the server is %s; use the dual-password strategy"
              .formatted(MARKS_SINCE, session.version()));
    }
    Map<MysqlAccount, Found> found = find();
    if (!found.containsKey(original)) {
      throw new NoPairException(
          "%s looks like a clone, but there is no user %s; a user whose own name ends like that can't alternate: use the dual-password strategy"
              .formatted(clone, original));
    }
    Optional<Found> existing = Optional.ofNullable(found.get(clone));
    if (existing.isPresent() && !existing.get().isMarked()) {
      throw new NoPairException(
          "%s does not say that it is the clone of %s, so the two are no pair and nothing was changed; if it is: %s"
              .formatted(clone, original, String.join("; ", markStatements())));
    }
    String superuser = session.secret().username();
    if (superuser.equals(original.user()) || superuser.equals(clone.user())) {
      throw new NoPairException(
          "'%s' is the superuser itself, which is not cloned; use the dual-password strategy"
              .formatted(superuser));
    }
    return existing.isPresent();
  }

  private String attribute() {
    return "clone of " + original.user();
  }

  private String role() {
    return "keyturn: " + clone.user();
  }

  private List<String> markStatements() {
    return switch (session.flavor()) {
      case MYSQL -> List.of("ALTER USER %s %s".formatted(clone.sql(), attributeClause()));
      case MARIADB ->
          List.of(
              "CREATE ROLE IF NOT EXISTS " + name(role()),
              "GRANT %s TO %s".formatted(name(role()), clone.sql()));
    };
  }

  /** The value is an object; a name in it needs JSON's escapes, and then those of the statement. */
  private String attributeClause() {
    String text =
        CONTROL
            .matcher(attribute().replace("\\", "\\\\").replace("\"", "\\\""))
            .replaceAll(match -> "\\\\u%04x".formatted((int) match.group().charAt(0)));
    return "ATTRIBUTE " + literal("{\"keyturn\": \"%s\"}".formatted(text));
  }

  /** Makes the clone, if it is missing, with a password but locked. */
  void create(Secret password) throws SQLException {
    switch (session.flavor()) {
      case MYSQL ->
          PasswordRules.change(
              session,
              List.of(
                  Change.of(
                      "CREATE USER ?@? IDENTIFIED WITH %s BY ? ACCOUNT LOCK %s"
                          .formatted(
                              MysqlStoredPasswords.read(session, original).plugin().pluginName(),
                              attributeClause()),
                      clone,
                      password.reveal())),
              password);
      case MARIADB -> {
        PasswordPlugin plugin = MariaDbStoredPasswords.read(session, original).settable();
        session.execute(markStatements().get(0));
        PasswordRules.change(
            session,
            List.of(
                Change.of(
                    "CREATE USER ?@? IDENTIFIED VIA %s USING ? ACCOUNT LOCK"
                        .formatted(plugin.pluginName()),
                    clone,
                    plugin.hash(password))),
            password);
      }
    }
  }

  /**
   * Who may make a clone and its mark may still not change an account with SYSTEM_USER, and must
   * not come by its password with a clone of their own.
   *
   * @throws NoPairException when only the original is protected like that
   */
  void requireCloneAsProtected() throws SQLException {
    Map<MysqlAccount, Rights> rights = rights();
    if (required(rights, original).protectsAccount()
        && !required(rights, clone).protectsAccount()) {
      throw new NoPairException(
          "%s has SYSTEM_USER and %s has not, so the original's password is not changed; if the two are a pair, GRANT SYSTEM_USER ON *.* to the clone"
              .formatted(original, clone));
    }
  }

  /** Gives the clone what the original has, and takes from it what the original has not. */
  void bringCloneInLine() throws SQLException {
    Map<MysqlAccount, Found> found = find();
    if (required(found, clone).mark() != Mark.YES) {
      session.execute(markStatements().get(1));
    }
    bringRightsInLine();
    AccountOptions options = required(found, original).options();
    if (!options.equals(required(found, clone).options())) {
      session.execute(options.statement(clone));
    }
  }

  private void bringRightsInLine() throws SQLException {
    Map<MysqlAccount, Rights> rights = rights();
    // also what looks gone: the server says so of what the superuser may not see
    for (int round = 1;
        round <= ROUNDS && !required(rights, original).equals(required(rights, clone));
        round++) {
      for (String statement :
          required(rights, original)
              .statementsFor(clone, session.flavor(), required(rights, clone))) {
        execute(statement);
      }
      rights = rights();
    }
    List<String> differences = differences(rights);
    if (!differences.isEmpty()) {
      throw new RotationException(
          PRIVILEGE,
          "%s could not be given what %s has: it %s; see that the superuser may pass these rights on"
              .formatted(clone, original, differences));
    }
  }

  private Map<MysqlAccount, Rights> rights() throws SQLException {
    return Rights.of(session, List.of(original, clone), role());
  }

  private List<String> differences(Map<MysqlAccount, Rights> rights) throws SQLException {
    Rights found = required(rights, clone);
    return required(rights, original).existing(found, session).differencesOf(found);
  }

  private static <T> T required(Map<MysqlAccount, T> found, MysqlAccount account) {
    return Optional.ofNullable(found.get(account))
        .orElseThrow(
            () ->
                new RotationException(
                    MISCONFIGURED, account + " was dropped while it was rotated"));
  }

  /** A right that the superuser may not pass on is named; names of databases are no secret. */
  private void execute(String statement) throws SQLException {
    try {
      session.execute(statement);
    } catch (SQLException e) {
      if (MysqlErrors.lacksRight(e)) {
        throw new RotationException(
            PRIVILEGE,
            "the superuser '%s' may not give %s the rights of %s (%s): %s"
                .formatted(
                    session.secret().username(), clone, original, MysqlErrors.quote(e), statement),
            e);
      }
      // what was dropped, or what the statement before has taken along; the rights are read again
      if (!MysqlErrors.isGone(e)) {
        throw e;
      }
    }
  }

  /** How the clone, which has just logged in, differs from its original. */
  List<String> differencesOfClone() throws SQLException {
    Map<MysqlAccount, Found> found = find();
    if (!found.containsKey(original)) {
      return List.of("has no original " + original);
    }
    List<String> differences = new ArrayList<>(differences(rights()));
    required(found, original)
        .options()
        .differingFrom(required(found, clone).options())
        .forEach(option -> differences.add("lacks " + option));
    return differences;
  }
}

package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.mysql.MysqlSql.literal;
import static io.github.keyturn.mysql.MysqlSql.name;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.jdbc.UserPair;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The two accounts of a pair for one host, seen by a superuser: whether they belong together, and
 * what the clone lacks.
 */
final class MysqlPair {

  /** The first with attributes of a user, which the mark is one of. */
  private static final Version MARKS_SINCE = new Version(8, 0, 21);

  private static final int ROUNDS = 3;

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

  MysqlAccount account(String username) {
    return username.equals(clone.user()) ? clone : original;
  }

  /**
   * Proves that both accounts want to be a pair, since the right name may be somebody else's: an
   * account that exists must carry a mark, which only an administrator can set.
   *
   * @throws NoPairException when it does not
   */
  void requireConsent() throws SQLException {
    if (session.flavor() == Flavor.MYSQL && session.version().compareTo(MARKS_SINCE) < 0) {
      throw new RotationException(
          MISCONFIGURED,
          "alternating users need MySQL %s or newer, and the server is %s; use the dual-password strategy"
              .formatted(MARKS_SINCE, session.version()));
    }
    if (!exists(original)) {
      throw new NoPairException(
          "'%s' looks like a clone, but there is no user %s; a user whose own name ends like that can't alternate: use the dual-password strategy"
              .formatted(clone.user(), original));
    }
    if (exists(clone) && !isMarked()) {
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
  }

  private boolean exists(MysqlAccount account) throws SQLException {
    return !session
        .ask(
            "SELECT 1 FROM mysql.user WHERE User = ? AND Host = ?",
            row -> row.getInt(1),
            account.user(),
            account.host())
        .isEmpty();
  }

  private boolean isMarked() throws SQLException {
    return switch (session.flavor()) {
      case MYSQL ->
          answers(
              """
              SELECT 1 FROM mysql.user
              WHERE User = ? AND Host = ?
                AND JSON_UNQUOTE(JSON_EXTRACT(User_attributes, '$.metadata.keyturn')) = ?
              """,
              attribute());
      // without attributes of users: a role of their name, which is still to be granted if the
      // function died while it made them
      case MARIADB ->
          answers(
                  "SELECT 1 FROM mysql.roles_mapping WHERE User = ? AND Host = ? AND Role = ?",
                  role())
              || answers(
                  """
                  SELECT 1
                  FROM mysql.global_priv c
                  JOIN mysql.global_priv r ON JSON_VALUE(r.Priv, '$.is_role') IN ('true', '1')
                  WHERE c.User = ? AND c.Host = ? AND r.User = ?
                    AND JSON_VALUE(c.Priv, '$.account_locked') IN ('true', '1')
                  """,
                  role());
    };
  }

  private boolean answers(String query, String mark) throws SQLException {
    return !session.ask(query, row -> row.getInt(1), clone.user(), clone.host(), mark).isEmpty();
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
    String text = attribute().replace("\\", "\\\\").replace("\"", "\\\"");
    return "ATTRIBUTE " + literal("{\"keyturn\": \"%s\"}".formatted(text));
  }

  /**
   * Makes the clone if it is missing, and gives it what the original has; takes from it what the
   * original has not.
   */
  void bringCloneInLine(Secret password) throws SQLException {
    if (!exists(clone)) {
      create(password);
    }
    if (session.flavor() == Flavor.MARIADB) {
      for (String statement : markStatements()) {
        if (!isGrantedMark()) {
          session.execute(statement);
        }
      }
    }
    List<String> lacking = List.of();
    for (int round = 1; round <= ROUNDS; round++) {
      Rights wanted = rightsOf(original);
      for (String statement : wanted.statementsFor(clone, session.flavor(), rightsOf(clone))) {
        execute(statement);
      }
      lacking = rightsOf(original).differencesOf(rightsOf(clone));
      if (lacking.isEmpty()) {
        break;
      }
    }
    if (!lacking.isEmpty()) {
      throw new RotationException(
          PRIVILEGE,
          "%s could not be given what %s has: it %s; see that the superuser has these rights WITH GRANT OPTION"
              .formatted(clone, original, lacking));
    }
    AccountOptions options = AccountOptions.of(session, original);
    if (!options.equals(AccountOptions.of(session, clone))) {
      session.execute(options.statement(clone));
    }
  }

  private boolean isGrantedMark() throws SQLException {
    return answers(
        "SELECT 1 FROM mysql.roles_mapping WHERE User = ? AND Host = ? AND Role = ?", role());
  }

  /** Locked, so that nobody gets in before it has what it should have, and no more. */
  private void create(Secret password) throws SQLException {
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

  private Rights rightsOf(MysqlAccount account) throws SQLException {
    return Rights.of(session, account, role());
  }

  /** A right that the superuser may not pass on is named; names of databases are no secret. */
  private void execute(String statement) throws SQLException {
    try {
      session.execute(statement);
    } catch (SQLException e) {
      if (MysqlErrors.lacksRight(e)) {
        throw new RotationException(
            PRIVILEGE,
            "the superuser '%s' may not do what gives %s the rights of %s (%s): %s"
                .formatted(
                    session.secret().username(), clone, original, MysqlErrors.quote(e), statement),
            e);
      }
      throw e;
    }
  }

  /** How the clone differs from its original. */
  List<String> differencesOfClone() throws SQLException {
    if (!exists(original)) {
      return List.of("has no original " + original);
    }
    List<String> differences = new ArrayList<>(rightsOf(original).differencesOf(rightsOf(clone)));
    AccountOptions.of(session, original)
        .differingFrom(AccountOptions.of(session, clone))
        .forEach(option -> differences.add("lacks " + option));
    return differences;
  }
}

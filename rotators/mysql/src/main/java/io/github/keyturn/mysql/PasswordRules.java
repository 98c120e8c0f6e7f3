package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.POLICY;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The server's own rules about passwords, and which of them a password breaks: MySQL says only that
 * there is one, and MariaDB applies its rules to no hash.
 */
final class PasswordRules {

  private PasswordRules() {}

  /**
   * Applies the rules of MariaDB's simple_password_check, if it is installed, to a password that
   * the server gets to see as a hash only.
   *
   * @throws RotationException POLICY, naming the rules
   */
  static void require(MysqlSession session, Secret password) throws SQLException {
    if (session.flavor() == Flavor.MARIADB) {
      List<String> broken =
          ofMariaDb(variables(session, "simple_password_check\\_%"), password.reveal());
      if (!broken.isEmpty()) {
        throw refused(broken.toString(), null);
      }
    }
  }

  /** Makes changes, and says which rule is in the way of one. */
  static void change(MysqlSession session, List<Change> changes, Secret password)
      throws SQLException {
    for (Change change : changes) {
      try {
        session.execute(change);
      } catch (SQLException e) {
        throw explained(session, e, password);
      }
    }
  }

  /**
   * The failure itself, if it has nothing to do with rules about passwords.
   *
   * @throws RotationException POLICY, naming the rules; MISCONFIGURED when the server wants to see
   *     the password
   */
  static SQLException explained(MysqlSession session, SQLException failure, Secret password)
      throws SQLException {
    if (session.flavor() == Flavor.MARIADB) {
      return explainedByMariaDb(session, failure);
    }
    return switch (failure.getErrorCode()) {
      case MysqlErrors.REFUSED_BY_RULE ->
          throw refused(
              ofMysql(variables(session, "validate\\_password%"), session, password).toString(),
              failure);
      case MysqlErrors.IN_HISTORY ->
          throw refused(
              "password history: it, or its hash, was used before (PASSWORD HISTORY or PASSWORD REUSE INTERVAL)",
              failure);
      default -> failure;
    };
  }

  /** ALTER USER fails with a general error there, and the reason is in the warnings. */
  private static SQLException explainedByMariaDb(MysqlSession session, SQLException failure)
      throws SQLException {
    if (failure.getErrorCode() != MysqlErrors.OPERATION_FAILED
        && failure.getErrorCode() != MysqlErrors.REFUSED_BY_RULE
        && failure.getErrorCode() != MysqlErrors.OPTION_FORBIDS) {
      return failure;
    }
    record Warning(int code, String text) {}
    List<Warning> warnings =
        session.ask("SHOW WARNINGS", row -> new Warning(row.getInt(2), row.getString(3)));
    List<String> rules =
        warnings.stream()
            .filter(warning -> warning.code() == MysqlErrors.REFUSED_BY_RULE)
            .map(Warning::text)
            .toList();
    if (!rules.isEmpty()) {
      throw refused(rules.toString(), failure);
    }
    if (warnings.stream().anyMatch(warning -> warning.code() == MysqlErrors.OPTION_FORBIDS)
        || failure.getErrorCode() == MysqlErrors.OPTION_FORBIDS) {
      throw new RotationException(
          MISCONFIGURED,
          "the server refuses to store a hash (strict_password_validation), and a password in the clear would stand in its logs; SET GLOBAL strict_password_validation=OFF, and let PASSWORD_LENGTH and the EXCLUDE_ settings make passwords that its rules allow: those of simple_password_check are applied here",
          failure);
    }
    return failure;
  }

  private static RotationException refused(String rules, @Nullable SQLException failure) {
    return new RotationException(
        POLICY,
        "the server refuses the new password by a rule of its own (%s); the next rotation makes another one, of the kind that PASSWORD_LENGTH and the EXCLUDE_ settings ask for"
            .formatted(rules),
        failure);
  }

  private static Map<String, String> variables(MysqlSession session, String pattern)
      throws SQLException {
    Map<String, String> variables = new TreeMap<>();
    session.ask(
        "SHOW VARIABLES LIKE '%s'".formatted(pattern),
        row -> variables.put(row.getString(1).replace('.', '_'), row.getString(2)));
    return variables;
  }

  /** The rules of validate_password, component or plugin, that this password breaks. */
  private static List<String> ofMysql(
      Map<String, String> variables, MysqlSession session, Secret password) {
    return ofMysql(variables, session.secret().username(), password.reveal());
  }

  static List<String> ofMysql(Map<String, String> variables, String username, String password) {
    Rules rules = new Rules(variables, "validate_password_", password);
    rules.atLeast("length", password.length(), "characters");
    boolean medium = !"LOW".equals(variables.get("validate_password_policy"));
    if (medium) {
      rules.atLeast("mixed_case_count", rules.count(Character::isUpperCase), "upper-case letters");
      rules.atLeast("mixed_case_count", rules.count(Character::isLowerCase), "lower-case letters");
      rules.atLeast("number_count", rules.count(Character::isDigit), "digits");
      rules.atLeast(
          "special_char_count", rules.count(PasswordRules::isSpecial), "other characters");
    }
    if ("ON".equals(variables.get("validate_password_check_user_name"))
        && (password.equalsIgnoreCase(username)
            || new StringBuilder(password).reverse().toString().equalsIgnoreCase(username))) {
      rules.add("validate_password.check_user_name: it is the user's name");
    }
    if (rules.broken().isEmpty()) {
      rules.add(
          "one of validate_password that can't be seen from here, such as its dictionary: %s"
              .formatted(variables));
    }
    return rules.broken();
  }

  /** The rules of simple_password_check that this password breaks; none if it is not installed. */
  static List<String> ofMariaDb(Map<String, String> variables, String password) {
    Rules rules = new Rules(variables, "simple_password_check_", password);
    rules.atLeast("minimal_length", password.length(), "characters");
    rules.atLeast("letters_same_case", rules.count(Character::isUpperCase), "upper-case letters");
    rules.atLeast("letters_same_case", rules.count(Character::isLowerCase), "lower-case letters");
    rules.atLeast("digits", rules.count(Character::isDigit), "digits");
    rules.atLeast("other_characters", rules.count(PasswordRules::isSpecial), "other characters");
    return rules.broken();
  }

  private static boolean isSpecial(int character) {
    return !Character.isLetterOrDigit(character);
  }

  /** Compares a password with what the server's variables ask for. */
  private record Rules(
      Map<String, String> variables, String prefix, String password, List<String> broken) {

    Rules(Map<String, String> variables, String prefix, String password) {
      this(variables, prefix, password, new ArrayList<>());
    }

    int count(IntPredicate kind) {
      return (int) password.chars().filter(kind).count();
    }

    void atLeast(String name, int found, String what) {
      String wanted = variables.getOrDefault(prefix + name, "0");
      if (Integer.parseInt(wanted) > found) {
        add("%s%s wants %s, and it has %d %s".formatted(prefix, name, wanted, found, what));
      }
    }

    void add(String rule) {
      broken.add(rule);
    }

    @Override
    public String toString() {
      return "Rules[***]";
    }
  }
}

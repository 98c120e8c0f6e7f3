package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * MariaDB's ways of an account to authenticate, tried one after the other. Those of the plugin that
 * holds the secret's password are ours; others, such as unix_socket, stay as they are, in their
 * order.
 */
record MariaDbStoredPasswords(MysqlAccount account, List<Alternative> alternatives)
    implements StoredPasswords {

  private static final Pattern CREATE_USER =
      Pattern.compile("CREATE USER `(?:[^`]|``)*`@`(?:[^`]|``)*`(.*)", Pattern.DOTALL);

  private static final String END = "(?= REQUIRE | WITH | PASSWORD EXPIRE| ACCOUNT LOCK|$)";
  private static final String ALTERNATIVE = "(\\w+)(?: USING '([^']*)')?";
  private static final Pattern BY_PASSWORD =
      Pattern.compile("^ IDENTIFIED BY PASSWORD '([^']*)'" + END);
  private static final Pattern VIA =
      Pattern.compile("^ IDENTIFIED VIA (%1$s(?: OR %1$s)*)%2$s".formatted(ALTERNATIVE, END));
  private static final Pattern ONE = Pattern.compile(ALTERNATIVE + "(?: OR |$)");

  /** The account's owner may ask this too, without any right. */
  static MariaDbStoredPasswords read(MysqlSession session, MysqlAccount account)
      throws SQLException {
    try {
      return parse(
          account,
          session
              .ask("SHOW CREATE USER ?@?", row -> row.getString(1), account.user(), account.host())
              .get(0));
    } catch (SQLException e) {
      if (e.getErrorCode() == MysqlErrors.NO_SUCH_USER) {
        throw new RotationException(MISCONFIGURED, "there is no user " + account, e);
      }
      throw e;
    }
  }

  /**
   * Takes apart what the server itself puts together. It does not escape quotes in what a plugin
   * stores; no hash has any, and whatever has is refused.
   */
  static MariaDbStoredPasswords parse(MysqlAccount account, String statement) {
    Matcher whole = CREATE_USER.matcher(statement);
    String rest = whole.matches() ? whole.group(1) : statement;
    Matcher byPassword = BY_PASSWORD.matcher(rest);
    if (byPassword.find()) {
      return new MariaDbStoredPasswords(
          account,
          List.of(new Alternative(PasswordPlugin.NATIVE.pluginName(), byPassword.group(1))));
    }
    Matcher via = VIA.matcher(rest);
    if (!via.find()) {
      throw new RotationException(
          MISCONFIGURED,
          "how %s authenticates can't be read safely from SHOW CREATE USER; see that it has a password, and that nothing in its authentication contains a quote"
              .formatted(account));
    }
    List<Alternative> alternatives = new ArrayList<>();
    Matcher one = ONE.matcher(via.group(1));
    while (one.find()) {
      alternatives.add(new Alternative(one.group(1), Optional.ofNullable(one.group(2)).orElse("")));
    }
    return new MariaDbStoredPasswords(account, alternatives);
  }

  /**
   * One of them.
   *
   * @param stored what the plugin has stored, a hash or a setting; empty if nothing
   */
  record Alternative(String plugin, String stored) {

    boolean is(PasswordPlugin other) {
      return plugin.equals(other.pluginName());
    }

    boolean matches(Secret password) {
      return PasswordPlugin.named(plugin)
          .map(known -> known.matches(password, stored))
          .orElse(false);
    }

    /** As it stands in ALTER USER. */
    String sql() {
      return stored.isEmpty() ? plugin : plugin + " USING ?";
    }

    @Override
    public String toString() {
      return plugin;
    }
  }

  @Override
  public boolean accepts(Secret password) {
    return alternatives.stream().anyMatch(alternative -> alternative.matches(password));
  }

  @Override
  public List<Change> bring(Secret next, Secret kept) {
    PasswordPlugin plugin = pluginOf(kept);
    return to(withSlots(plugin, List.of(plugin.hash(next), plugin.hash(kept))));
  }

  @Override
  public List<Change> replace(Secret next) {
    PasswordPlugin plugin = settable();
    return to(withSlots(plugin, List.of(plugin.hash(next))));
  }

  @Override
  public List<Change> retire(Secret old, Secret current) {
    return accepts(current)
        ? to(
            alternatives.stream()
                // two versions may hold the same password, and differ in other fields
                .filter(alternative -> !alternative.matches(old) || alternative.matches(current))
                .toList())
        : List.of();
  }

  /** The plugin that holds a password, which the account is known to accept. */
  PasswordPlugin pluginOf(Secret password) {
    return alternatives.stream()
        .filter(alternative -> alternative.matches(password))
        .flatMap(alternative -> PasswordPlugin.named(alternative.plugin()).stream())
        .findFirst()
        .orElseThrow(this::notOurs);
  }

  /** The plugin of the first password that the account has. */
  PasswordPlugin settable() {
    return alternatives.stream()
        .flatMap(alternative -> PasswordPlugin.named(alternative.plugin()).stream())
        .findFirst()
        .orElseThrow(this::notOurs);
  }

  private RotationException notOurs() {
    return new RotationException(
        MISCONFIGURED,
        "%s authenticates by %s, and the password of this secret belongs to none of those that can be rotated by a hash (mysql_native_password, ed25519): PARSEC adds a salt of its own, PAM and others hold no password at all"
            .formatted(account, alternatives));
  }

  /** Our alternatives where the first of them stood, one after the other. */
  private List<Alternative> withSlots(PasswordPlugin plugin, List<String> hashes) {
    Set<Alternative> wanted = new LinkedHashSet<>();
    for (Alternative alternative : alternatives) {
      if (alternative.is(plugin)) {
        hashes.forEach(hash -> wanted.add(new Alternative(plugin.pluginName(), hash)));
      } else {
        wanted.add(alternative);
      }
    }
    return List.copyOf(wanted);
  }

  /**
   * With the account's own name: after CURRENT_USER() MariaDB takes the last alternative only, and
   * reports no error.
   */
  private List<Change> to(List<Alternative> wanted) {
    if (wanted.equals(alternatives)) {
      return List.of();
    }
    String via = wanted.stream().map(Alternative::sql).collect(Collectors.joining(" OR "));
    return List.of(
        Change.of(
            "ALTER USER ?@? IDENTIFIED VIA " + via,
            account,
            wanted.stream()
                .map(Alternative::stored)
                .filter(stored -> !stored.isEmpty())
                .toArray(String[]::new)));
  }

  /** Whether SET PASSWORD would change this password: it takes the first that can be set. */
  boolean isFirstPassword(Secret password) {
    return firstPassword().map(first -> first.matches(password)).orElse(false);
  }

  private Optional<Alternative> firstPassword() {
    return alternatives.stream().filter(MariaDbStoredPasswords::hasPassword).findFirst();
  }

  private static boolean hasPassword(Alternative alternative) {
    return Stream.of("mysql_native_password", "mysql_old_password", "ed25519", "parsec")
        .anyMatch(alternative.plugin()::equals);
  }

  @Override
  public String toString() {
    return "%s, which authenticates by %s".formatted(account, alternatives);
  }
}

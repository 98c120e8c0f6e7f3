package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * MySQL's primary and secondary password of an account.
 *
 * @param secondary empty if there is none
 */
record MysqlStoredPasswords(
    MysqlAccount account, PasswordPlugin plugin, String primary, String secondary)
    implements StoredPasswords {

  private static final String READ =
      """
      SELECT plugin,
             authentication_string,
             COALESCE(JSON_UNQUOTE(JSON_EXTRACT(User_attributes, '$.additional_password')), '')
      FROM mysql.user
      WHERE User = ? AND Host = ?
      """;

  static MysqlStoredPasswords read(MysqlSession session, MysqlAccount account) throws SQLException {
    return session.ask(READ, row -> of(account, row), account.user(), account.host()).stream()
        .findFirst()
        .orElseThrow(() -> new RotationException(MISCONFIGURED, "there is no user " + account));
  }

  private static MysqlStoredPasswords of(MysqlAccount account, ResultSet row) throws SQLException {
    String name = row.getString(1);
    Optional<PasswordPlugin> plugin = PasswordPlugin.named(name);
    return new MysqlStoredPasswords(
        account,
        plugin.orElseThrow(
            () ->
                new RotationException(
                    MISCONFIGURED,
                    "%s authenticates by %s, whose passwords can't be rotated; caching_sha2_password and mysql_native_password can"
                        .formatted(account, name))),
        row.getString(2),
        row.getString(3));
  }

  @Override
  public boolean accepts(Secret password) {
    return plugin.matches(password, primary) || plugin.matches(password, secondary);
  }

  @Override
  public List<Change> bring(Secret next, Secret kept) {
    if (accepts(next)) {
      return List.of();
    }
    // a change without RETAIN leaves the secondary one alone, and RETAIN would drop it
    boolean keptIsPrimary = plugin.matches(kept, primary);
    return List.of(
        Change.of(
            "ALTER USER ?@? IDENTIFIED BY ?" + (keptIsPrimary ? " RETAIN CURRENT PASSWORD" : ""),
            account,
            next.reveal()));
  }

  @Override
  public List<Change> replace(Secret next) {
    return accepts(next)
        ? List.of()
        : List.of(Change.of("ALTER USER ?@? IDENTIFIED BY ?", account, next.reveal()));
  }

  @Override
  public List<Change> retire(Secret old, Secret current) {
    Change discard = Change.of("ALTER USER ?@? DISCARD OLD PASSWORD", account);
    if (plugin.matches(current, primary) && plugin.matches(old, secondary)) {
      return List.of(discard);
    }
    if (plugin.matches(old, primary) && plugin.matches(current, secondary)) {
      // by its hash, which no rule about passwords refuses
      return List.of(
          Change.of(
              "ALTER USER ?@? IDENTIFIED WITH %s AS ? RETAIN CURRENT PASSWORD"
                  .formatted(plugin.pluginName()),
              account,
              secondary),
          discard);
    }
    return List.of();
  }

  @Override
  public String toString() {
    return account.toString();
  }
}

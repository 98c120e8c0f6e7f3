package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** A session with a server that is what the secret says. */
final class MysqlSession {

  private static final int LONGEST_LOCK_WAIT_SECONDS = 3;
  private static final int LOCK_NAME_BYTES = 20;
  private static final Set<String> WRITABLE = Set.of("0", "OFF");

  private static final String LOCK =
      "SELECT GET_LOCK(?, %d), @@global.read_only, @@global.innodb_read_only"
          .formatted(LONGEST_LOCK_WAIT_SECONDS);

  private final Connection connection;
  private final MysqlSecret secret;
  private final Version version;

  private MysqlSession(Connection connection, MysqlSecret secret, Version version) {
    this.connection = connection;
    this.secret = secret;
    this.version = version;
  }

  /**
   * Looks at the server's greeting.
   *
   * @throws RotationException MISCONFIGURED when it is another engine, or too old
   */
  static MysqlSession of(Connection connection, MysqlSecret secret) throws SQLException {
    return new MysqlSession(
        connection, secret, secret.flavor().requireServer(connection, secret.address()));
  }

  /** A row of an answer. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** A change that must not meet another one. */
  @FunctionalInterface
  interface Task<T> {
    T run() throws SQLException, InterruptedException;
  }

  Flavor flavor() {
    return secret.flavor();
  }

  Version version() {
    return version;
  }

  MysqlSecret secret() {
    return secret;
  }

  /** The account that the server took this login for. */
  MysqlAccount account() throws SQLException {
    return MysqlAccount.parse(ask("SELECT CURRENT_USER()", row -> row.getString(1)).get(0));
  }

  /** The driver puts the values into the statement's text, as ALTER USER takes no others. */
  void execute(String sql, String... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values)) {
      statement.execute();
    }
  }

  void execute(Change change) throws SQLException {
    execute(change.sql(), change.values().toArray(String[]::new));
  }

  <T> List<T> ask(String sql, Row<T> reader, String... values) throws SQLException {
    List<T> rows = new ArrayList<>();
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        rows.add(reader.read(result));
      }
    }
    return rows;
  }

  private PreparedStatement prepared(String sql, String... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
    return statement;
  }

  /**
   * Runs a change while no other function changes the same user for the same secret. The lock's
   * name can't be guessed from the user's, so nobody else holds it by chance or by intent.
   *
   * <p>A session whose password has expired may do nothing but change it, so it takes no lock.
   *
   * @throws RotationException CONFLICT when another function is at it; MISCONFIGURED when the
   *     server takes no changes
   */
  <T> T alone(Rotation rotation, String username, Task<T> task)
      throws SQLException, InterruptedException {
    String name = lockName(rotation.secretId() + "\n" + username);
    boolean locked = lock(name);
    try {
      return task.run();
    } finally {
      if (locked) {
        unlock(name);
      }
    }
  }

  private boolean lock(String name) throws SQLException {
    try {
      return ask(LOCK, this::requireLock, name).get(0);
    } catch (SQLException e) {
      if (MysqlErrors.isExpired(e)) {
        return false;
      }
      throw e;
    }
  }

  private boolean requireLock(ResultSet row) throws SQLException {
    if (!"1".equals(row.getString(1))) {
      throw new RotationException(
          CONFLICT,
          "another delivery of this rotation is changing the same user; Secrets Manager will retry the rotation");
    }
    if (!WRITABLE.contains(row.getString(2)) || !WRITABLE.contains(row.getString(3))) {
      throw new RotationException(
          MISCONFIGURED,
          "the server at %s is read-only; let 'host' name the primary, not a replica"
              .formatted(secret.address()));
    }
    return true;
  }

  private void unlock(String name) {
    try {
      ask("SELECT RELEASE_LOCK(?)", row -> row.getString(1), name);
    } catch (SQLException e) {
      // the connection is gone, and the lock with it
    }
  }

  private static String lockName(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "keyturn:" + HexFormat.of().formatHex(digest, 0, LOCK_NAME_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

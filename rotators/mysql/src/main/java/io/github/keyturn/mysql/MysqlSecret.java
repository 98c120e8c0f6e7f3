package io.github.keyturn.mysql;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.jdbc.DatabaseSecret;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A secret of either engine.
 *
 * @param login where and as whom; its database is not used, since no user belongs to one
 * @param flavor the engine that the secret names
 */
record MysqlSecret(DatabaseSecret login, Flavor flavor) {

  /** What caching_sha2_password takes; the server's own error does not say it. */
  private static final int LONGEST_PASSWORD = 256;

  static MysqlSecret read(SecretDocument secret) {
    Optional<Flavor> flavor = secret.find("engine").flatMap(Flavor::ofEngine);
    return new MysqlSecret(
        DatabaseSecret.read(secret, flavor.map(Flavor::engine).orElse(Flavor.ANY)),
        // a secret without one has just been refused
        flavor.orElse(Flavor.MYSQL));
  }

  /** The same place, logged in to as the user of another version of the secret. */
  MysqlSecret loggedInAs(SecretDocument version) {
    return new MysqlSecret(login.loggedInAs(version), flavor);
  }

  String username() {
    return login.username();
  }

  Secret password() {
    return login.password();
  }

  String address() {
    return login.address();
  }

  /** A new password, if the server can hold it. */
  Secret usable(Secret password) {
    int length = password.reveal().getBytes(StandardCharsets.UTF_8).length;
    if (flavor == Flavor.MYSQL && length > LONGEST_PASSWORD) {
      throw new RotationException(
          MISCONFIGURED,
          "PASSWORD_LENGTH makes passwords of %d bytes, and MySQL takes %d at most; set a smaller one"
              .formatted(length, LONGEST_PASSWORD));
    }
    return password;
  }
}

package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Superuser;
import java.util.Set;

/** Reads a superuser secret, and makes sure that it is one of the server that is being rotated. */
public final class SuperuserLogin {

  private static final Set<String> RDS_MANAGED_FIELDS = Set.of("username", "password");

  private final Engine engine;
  private final RdsEndpoints rds;

  /** For secrets of an engine. */
  public SuperuserLogin(Engine engine) {
    this(engine, new RdsEndpoints());
  }

  SuperuserLogin(Engine engine, RdsEndpoints rds) {
    this.engine = engine;
    this.rds = rds;
  }

  /**
   * The login of the superuser. A secret that RDS manages holds only a user name and a password;
   * its server is found by its tags, as AWS's functions do.
   *
   * @param owner the rotated secret, whose server it must be; it may ask for TLS, but never for a
   *     connection without it
   * @throws RotationException MISCONFIGURED when the secret is incomplete, or of another server: a
   *     superuser's password must not be sent where an arbitrary secret points to
   */
  public DatabaseSecret resolve(Superuser superuser, DatabaseSecret owner) {
    SecretDocument login = superuser.login();
    DatabaseSecret resolved =
        DatabaseSecret.of(
            login.names().equals(RDS_MANAGED_FIELDS)
                ? rds.locate(login, superuser.tags().get())
                : login,
            engine);
    if (!resolved.sameServer(owner)) {
      throw new RotationException(
          MISCONFIGURED,
          "the superuser secret is of %s, but the rotated secret is of %s; they must name the same host and port"
              .formatted(resolved.address(), owner.address()));
    }
    return resolved.tls() == Tls.UNLESS_ALLOWED && owner.tls() == Tls.REQUIRED
        ? resolved.with(Tls.REQUIRED)
        : resolved;
  }
}

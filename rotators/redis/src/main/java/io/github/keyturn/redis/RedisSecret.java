package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A secret of a Redis or Valkey user.
 *
 * @param seed the node of {@code host} and {@code port}
 * @param nodes all data nodes, if the secret lists them; otherwise they are asked for
 * @param sentinels Sentinels that know the data nodes, if there are any
 * @param sentinelMaster the name of the primary there, if they know several
 * @param login the user and its password
 * @param tls what kind of connection the secret asks for
 */
record RedisSecret(
    RedisAddress seed,
    List<RedisAddress> nodes,
    List<RedisAddress> sentinels,
    Optional<String> sentinelMaster,
    RedisLogin login,
    RedisTls tls) {

  private static final Set<String> ENGINES = Set.of("redis", "valkey");
  private static final int DEFAULT_PORT = 6379;
  private static final int DEFAULT_SENTINEL_PORT = 26379;

  /** Nothing that the server refuses in a name, and no control character. */
  private static final Pattern USERNAME = Pattern.compile("[^\\s\\p{Cntrl}]+");

  private static final Pattern MANAGED =
      Pattern.compile("\\.(cache|memorydb)\\.([a-z0-9.-]+\\.)?amazonaws\\.com(\\.cn)?$");

  /**
   * Reads and checks the fields.
   *
   * @throws RotationException MISCONFIGURED, naming what is missing or wrong
   */
  static RedisSecret read(SecretDocument secret) {
    secret.require("engine", "host", "password");
    String engine = secret.text("engine");
    if (!ENGINES.contains(engine)) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's engine is '%s', but this function rotates %s; correct the field 'engine' or attach the function of that engine"
              .formatted(engine, ENGINES.stream().sorted().toList()));
    }
    return of(secret);
  }

  /** Reads a superuser secret, which may leave the engine out. */
  static RedisSecret superuser(SecretDocument secret) {
    secret.require("host", "password");
    return of(secret);
  }

  private static RedisSecret of(SecretDocument secret) {
    RedisAddress seed = RedisAddress.ofHost(secret.text("host"), secret.port(DEFAULT_PORT));
    refuseManaged(seed);
    return new RedisSecret(
        seed,
        secret
            .find("nodes")
            .map(text -> RedisAddress.list("nodes", text, seed.port()))
            .orElse(List.of()),
        secret
            .find("sentinels")
            .map(text -> RedisAddress.list("sentinels", text, DEFAULT_SENTINEL_PORT))
            .orElse(List.of()),
        secret.find("sentinelmaster"),
        login(secret),
        RedisTls.of(secret));
  }

  private static RedisLogin login(SecretDocument secret) {
    String username = secret.find("username").orElse(RedisLogin.DEFAULT_USER);
    if (!USERNAME.matcher(username).matches()) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's username contains a space or a control character, which Redis allows in no"
              + " user's name; correct it");
    }
    return new RedisLogin(username, secret.secret("password"));
  }

  private static void refuseManaged(RedisAddress seed) {
    if (MANAGED.matcher(seed.host()).find()) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's host is of Amazon ElastiCache or MemoryDB, which keep their users themselves"
              + " and let nobody run ACL SETUSER; change a user's passwords there by their API"
              + " (ModifyUser, UpdateUser), which this function does not do");
    }
  }

  /**
   * The same deployment, logged in to as the user of another version of the secret, which may have
   * been of another place when it was stored.
   *
   * @throws RotationException MISCONFIGURED when that version has no password
   */
  RedisSecret loggedInAs(SecretDocument version) {
    version.require("password");
    return with(login(version));
  }

  private RedisSecret with(RedisLogin other) {
    return new RedisSecret(seed, nodes, sentinels, sentinelMaster, other, tls);
  }

  /**
   * The superuser's login to this deployment; this secret may ask for TLS, but never for a
   * connection without it.
   *
   * @throws RotationException MISCONFIGURED when the superuser secret is of another one: its
   *     password must not be sent where an arbitrary secret points to
   */
  RedisSecret asSuperuser(SecretDocument superuser) {
    RedisSecret admin = superuser(superuser);
    if (!sameDeployment(admin)) {
      throw new RotationException(
          MISCONFIGURED,
          "the superuser secret is of %s, but the rotated secret is of %s; they must name the same host, port, nodes, sentinels and sentinelmaster"
              .formatted(admin.place(), place()));
    }
    RedisTls strictest =
        admin.tls == RedisTls.UNLESS_ALLOWED && tls == RedisTls.REQUIRED ? tls : admin.tls;
    return new RedisSecret(seed, nodes, sentinels, sentinelMaster, admin.login, strictest);
  }

  private boolean sameDeployment(RedisSecret other) {
    return seed.host().equalsIgnoreCase(other.seed.host())
        && seed.port() == other.seed.port()
        && Set.copyOf(nodes).equals(Set.copyOf(other.nodes))
        && Set.copyOf(sentinels).equals(Set.copyOf(other.sentinels))
        && sentinelMaster.equals(other.sentinelMaster);
  }

  private String place() {
    return seed
        + (nodes.isEmpty() ? "" : " with nodes " + nodes)
        + (sentinels.isEmpty() ? "" : " with sentinels " + sentinels)
        + sentinelMaster.map(name -> " (" + name + ")").orElse("");
  }
}

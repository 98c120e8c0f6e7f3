package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A secret of the shape that AWS's rotation functions use.
 *
 * @param host name or address of the server, an IPv6 address without brackets
 * @param port 1 to 65535
 * @param database the database to log in to
 * @param username the user
 * @param password the user's password
 * @param tls what kind of connection the secret asks for
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html">
 *     JSON structure of database secrets</a>
 */
public record DatabaseSecret(
    String host, int port, String database, String username, Secret password, Tls tls) {

  /** Nothing that could add a second host or a parameter to a connection URL. */
  private static final String IN_NAMES =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

  private static final String IN_IPV6 = "abcdefABCDEF0123456789:.";

  /**
   * Reads and checks the fields.
   *
   * @throws RotationException MISCONFIGURED, naming what is missing or wrong
   */
  public static DatabaseSecret read(SecretDocument secret, Engine engine) {
    secret.require("engine", "host", "username", "password");
    String named = secret.text("engine");
    if (!engine.names().contains(named)) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's engine is '%s', but this function rotates %s; correct the field 'engine' or attach the function of that engine"
              .formatted(named, engine.names()));
    }
    return of(secret, engine);
  }

  /** Reads a superuser secret, which names its engine elsewhere or nowhere. */
  static DatabaseSecret of(SecretDocument secret, Engine engine) {
    secret.require("host", "username", "password");
    return new DatabaseSecret(
        host(secret.text("host")),
        secret.port(engine.defaultPort()),
        secret.find("dbname").orElse(engine.defaultDatabase()),
        username(secret.text("username"), engine),
        secret.secret("password"),
        Tls.of(secret));
  }

  private static String host(String text) {
    String host =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!isIpv6(host) && !consistsOf(IN_NAMES, text)) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's field 'host' must be one host name or address without a port or a scheme");
    }
    if (host.toLowerCase(Locale.ROOT).contains(".proxy-") && RdsProxy.NAME.matcher(host).find()) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's host is an RDS Proxy, which accepts only values that it has read from Secrets"
              + " Manager already; put the endpoint of the database itself into 'host' (clients keep"
              + " using the proxy)");
    }
    // the dot that ends an absolute name is in no certificate
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** Apart, since it takes time to load, and nearly no host needs to be looked at so closely. */
  private static final class RdsProxy {
    /** Some partitions, China's among them, have the Region behind {@code rds}. */
    static final Pattern NAME =
        Pattern.compile(
            "\\.proxy-[a-z0-9]+\\.([a-z0-9-]+\\.rds|rds\\.[a-z0-9-]+)\\.",
            Pattern.CASE_INSENSITIVE);
  }

  private static boolean consistsOf(String allowed, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (allowed.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** In brackets the JDK takes an address only, and never asks the DNS. */
  private static boolean isIpv6(String host) {
    if (host.indexOf(':') < 0 || !consistsOf(IN_IPV6, host)) {
      return false;
    }
    try {
      return InetAddress.getAllByName("[" + host + "]").length == 1;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String username(String username, Engine engine) {
    if (engine.length(username) > engine.longestUsername()) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's username is longer than the %d %s that %s allows"
              .formatted(engine.longestUsername(), engine.unit().word(), engine.name()));
    }
    if (username.indexOf('\0') >= 0) {
      throw new RotationException(
          MISCONFIGURED, "the secret's username contains a zero byte; correct it");
    }
    return username;
  }

  /** Whether both name the same server. */
  boolean sameServer(DatabaseSecret other) {
    return host.equalsIgnoreCase(other.host) && port == other.port;
  }

  /**
   * The same database, logged in to as the user of another version of the secret, which may have
   * been of another place when it was stored.
   *
   * @throws RotationException MISCONFIGURED when that version names no user or no password
   */
  public DatabaseSecret loggedInAs(SecretDocument version) {
    version.require("username", "password");
    return new DatabaseSecret(
        host, port, database, version.text("username"), version.secret("password"), tls);
  }

  DatabaseSecret with(Tls other) {
    return new DatabaseSecret(host, port, database, username, password, other);
  }

  /** Where it is, for messages. */
  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

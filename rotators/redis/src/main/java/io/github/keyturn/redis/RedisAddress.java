package io.github.keyturn.redis;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a node listens.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param certificateName what the node's certificate should hold: the host, unless the node
 *     announces an address to connect to and a name besides
 */
record RedisAddress(String host, int port, String certificateName) {

  /** A name or an IPv4 address, or an IPv6 address in brackets, and perhaps a port. */
  private static final Pattern WRITTEN =
      Pattern.compile("(?:([A-Za-z0-9._-]+)|\\[([0-9A-Fa-f:.]+)])(?::([0-9]{1,5}))?");

  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");
  private static final int LARGEST_PORT = 65_535;

  RedisAddress(String host, int port) {
    this(host, port, host);
  }

  /** One of the field {@code host}, which has its port elsewhere. */
  static RedisAddress ofHost(String text, int port) {
    Matcher written = WRITTEN.matcher(text);
    if (IPV6.matcher(text).matches()) {
      return new RedisAddress(text, port);
    }
    if (!written.matches() || written.group(3) != null) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's field 'host' must be one host name or address without a port or a scheme;"
              + " 'nodes' is the field for several");
    }
    return new RedisAddress(host(written), port);
  }

  /** A list as {@code a:6379,b:6379}; who names no port has the default one. */
  static List<RedisAddress> list(String field, String text, int defaultPort) {
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .map(item -> item(field, item, defaultPort))
        .distinct()
        .toList();
  }

  private static RedisAddress item(String field, String text, int defaultPort) {
    Matcher written = WRITTEN.matcher(text);
    if (written.matches()) {
      int port = written.group(3) == null ? defaultPort : Integer.parseInt(written.group(3));
      if (port >= 1 && port <= LARGEST_PORT) {
        return new RedisAddress(host(written), port);
      }
    }
    throw new RotationException(
        MISCONFIGURED,
        "the secret's field '%s' must be a list of hosts with ports, such as \"a:6379,b:6379\"; its item '%s' is none"
            .formatted(field, text));
  }

  /** The dot that ends an absolute name is in no certificate. */
  private static String host(Matcher written) {
    String host = written.group(1) == null ? written.group(2) : written.group(1);
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

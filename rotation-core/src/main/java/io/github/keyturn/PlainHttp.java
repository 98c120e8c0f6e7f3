package io.github.keyturn;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.regex.Pattern;

/** Where secrets may travel without TLS: within a machine, its containers included. */
final class PlainHttp {

  /** The second is what Docker calls the machine within a container. */
  private static final Set<String> NAMES = Set.of("localhost", "host.docker.internal", "[::1]");

  private static final Pattern IPV4 = Pattern.compile("\\d+(\\.\\d+){3}");

  private PlainHttp() {}

  static boolean isAllowedTo(String host) {
    return NAMES.contains(host) || (IPV4.matcher(host).matches() && isPrivate(host));
  }

  /** On Linux a container reaches the machine by a private address. */
  private static boolean isPrivate(String address) {
    try {
      InetAddress parsed = InetAddress.getByName(address);
      return parsed.isLoopbackAddress() || parsed.isSiteLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}

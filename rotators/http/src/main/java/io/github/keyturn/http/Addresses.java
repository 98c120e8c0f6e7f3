package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where requests never go: what is reachable from inside a function only, and hands out its
 * credentials to whoever asks. Private addresses are allowed, because a provider may be one's own.
 *
 * <p>The JVM keeps an answer of the name service for half a minute, so the connection that follows
 * goes where was checked.
 */
final class Addresses {

  private static final int FIRST_OF_EC2 = 0xfd;

  /** How a host's addresses are found; tests have a name service of their own. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private Addresses() {}

  /**
   * Looks where the name leads.
   *
   * @throws RotationException MISCONFIGURED when it leads where no provider is
   */
  static void requireAllowed(URI origin, Resolver resolver) throws UnknownHostException {
    boolean loopbackAllowed = UrlTemplate.isLoopback(origin);
    for (InetAddress address : resolver.resolve(unbracketed(origin.getHost()))) {
      if (isForbidden(address) || (address.isLoopbackAddress() && !loopbackAllowed)) {
        throw new RotationException(
            MISCONFIGURED,
            "%s leads to %s, where no provider is: link-local, metadata and this machine's own addresses are never called; look at the definition's URL and the name service"
                .formatted(origin.getHost(), address.getHostAddress()));
      }
    }
  }

  /** Whether a host is an address, written out, that is never called. */
  static boolean isForbiddenLiteral(String host) {
    boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
    try {
      return literal && isForbidden(InetAddress.getByName(unbracketed(host)));
    } catch (UnknownHostException e) {
      return true;
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean isForbidden(InetAddress address) {
    return address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || isMetadata(address.getAddress());
  }

  /** AWS's own services at fd00:ec2::/32, and IPv4 addresses that are wrapped in IPv6 ones. */
  private static boolean isMetadata(byte[] bytes) {
    if (bytes.length != 16) {
      return false;
    }
    boolean ec2 =
        (bytes[0] & 0xff) == FIRST_OF_EC2
            && bytes[1] == 0
            && bytes[2] == 0x0e
            && bytes[3] == (byte) 0xc2;
    return ec2 || (wrapsIpv4(bytes) && isForbiddenIpv4(Arrays.copyOfRange(bytes, 12, 16)));
  }

  /** ::a.b.c.d and the 64:ff9b::/96 of NAT64; Java unwraps ::ffff:a.b.c.d itself. */
  private static boolean wrapsIpv4(byte[] bytes) {
    byte[] prefix = Arrays.copyOf(bytes, 12);
    byte[] nat64 = new byte[12];
    nat64[1] = 0x64;
    nat64[2] = (byte) 0xff;
    nat64[3] = (byte) 0x9b;
    return Arrays.equals(prefix, nat64) || Arrays.equals(prefix, new byte[12]);
  }

  private static boolean isForbiddenIpv4(byte[] bytes) {
    try {
      InetAddress address = InetAddress.getByAddress(bytes);
      return address.isLinkLocalAddress() || address.isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }
}

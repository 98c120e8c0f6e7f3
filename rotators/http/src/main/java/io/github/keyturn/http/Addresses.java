package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where requests never go: what is reachable from inside a function only, and hands out its
 * credentials to whoever asks. Private addresses are allowed, because a provider may be one's own.
 *
 * <p>The JVM keeps an answer of the name service for half a minute, so the connection that follows
 * goes where was checked.
 */
final class Addresses {

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
    return bytes.length == 16
        && (begins(bytes, 0xfd, 0x00, 0x0e, 0xc2)
            || wrappedIpv4(bytes).map(Addresses::isForbiddenIpv4).orElse(false));
  }

  /**
   * Of ::a.b.c.d and ::ffff:0:a.b.c.d, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), 6to4 (2002::/16)
   * and Teredo (2001::/32, inverted); Java unwraps ::ffff:a.b.c.d itself.
   */
  private static Optional<byte[]> wrappedIpv4(byte[] bytes) {
    byte[] last = Arrays.copyOfRange(bytes, 12, 16);
    if (begins(bytes, 0x20, 0x02)) {
      return Optional.of(Arrays.copyOfRange(bytes, 2, 6));
    }
    if (begins(bytes, 0x20, 0x01, 0, 0)) {
      for (int i = 0; i < last.length; i++) {
        last[i] = (byte) ~last[i];
      }
      return Optional.of(last);
    }
    boolean translated =
        begins(bytes, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)
            || begins(bytes, 0, 0x64, 0xff, 0x9b, 0, 1)
            || begins(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)
            || begins(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return translated ? Optional.of(last) : Optional.empty();
  }

  private static boolean begins(byte[] bytes, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isForbiddenIpv4(byte[] bytes) {
    try {
      InetAddress address = InetAddress.getByAddress(bytes);
      return address.isLinkLocalAddress()
          || address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || address.isMulticastAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }
}

package io.github.keyturn.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An operation's URL. Its scheme and host are known when the definition is read, from the
 * definition and the function's settings alone; only segments of its path are filled in later.
 *
 * @param origin scheme, host and port, such as {@code https://api.example.com}
 * @param path from its slash on
 */
record UrlTemplate(URI origin, Template path) {

  private static final Pattern URL = Pattern.compile("(https?)://([^/?#]*)(/[^?#]*)?");
  private static final Pattern SETTING = Pattern.compile("\\$\\{setting\\.([^}]+)}");
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+])(:[0-9]{1,5})?");
  private static final int GREATEST_PORT = 65_535;
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]");

  static UrlTemplate parse(Node node, Map<String, Object> settings, Set<Source> inPath) {
    Matcher parts = URL.matcher(node.text());
    if (!parts.matches()) {
      throw node.wrong(
          "is %s; it must be an absolute https URL without query and fragment ('query' is a field of its own)"
              .formatted(Node.quote(node.text())));
    }
    String authority = withSettings(node, parts.group(2), settings);
    if (!AUTHORITY.matcher(authority).matches()) {
      throw node.wrong(
          "has the host %s; it must be a host name with an optional port, of the definition and the function's settings alone"
              .formatted(Node.quote(authority)));
    }
    URI origin = origin(node, parts.group(1), authority);
    boolean loopback = isLoopback(origin);
    if (parts.group(1).equals("http") && !loopback) {
      throw node.wrong("is not https; http is for addresses of this machine only");
    }
    if (!loopback) {
      requireRoutable(node, origin);
    }
    String path = parts.group(3) == null ? "/" : parts.group(3);
    return new UrlTemplate(origin, path(node, path, inPath));
  }

  private static String withSettings(Node node, String authority, Map<String, Object> settings) {
    return SETTING
        .matcher(authority)
        .replaceAll(
            setting -> {
              Object value = settings.get(setting.group(1));
              if (!(value instanceof String text)) {
                throw node.wrong(
                    "needs the setting '%s' for its host; set %s on the function"
                        .formatted(setting.group(1), SettingDefinition.variable(setting.group(1))));
              }
              return Matcher.quoteReplacement(text);
            });
  }

  private static URI origin(Node node, String scheme, String authority) {
    try {
      URI origin = new URI(scheme + "://" + authority.toLowerCase(Locale.ROOT));
      if (origin.getHost() != null && origin.getPort() <= GREATEST_PORT) {
        return origin;
      }
    } catch (URISyntaxException e) {
      // falls through to the message below
    }
    throw node.wrong("has the host %s, which is none".formatted(Node.quote(authority)));
  }

  private static void requireRoutable(Node node, URI origin) {
    if (Addresses.isForbiddenLiteral(origin.getHost())) {
      throw node.wrong(
          "has the address %s, which is no provider's: link-local and metadata addresses are never called"
              .formatted(origin.getHost()));
    }
  }

  static boolean isLoopback(URI origin) {
    return LOOPBACK.matcher(String.valueOf(origin.getHost())).matches();
  }

  /** A value is a whole segment or a part of one, and never the dots that lead upwards. */
  private static Template path(Node node, String path, Set<Source> inPath) {
    Set<Source> allowed = EnumSet.copyOf(inPath);
    Template template = Template.parse(node, path, allowed);
    try {
      String sample = path.replaceAll("\\$\\{[^}]*}", "x");
      URI checked = new URI("https://host" + sample);
      if (!checked.normalize().getRawPath().equals(sample)) {
        throw node.wrong("has a path with '.', '..' or '//' in it");
      }
    } catch (URISyntaxException e) {
      throw node.wrong("has a path with characters that a URL can't have; escape them with %");
    }
    return template;
  }

  @Override
  public String toString() {
    return origin + path.toString();
  }
}

package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables, each checked as it is read. Not a record: Lambda's hold credentials, which
 * a generated {@code toString} would print.
 */
final class Variables {

  private final Map<String, String> environment;

  Variables(Map<String, String> environment) {
    this.environment = environment;
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(find(name));
  }

  private @Nullable String find(String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  Optional<Integer> integer(String name) {
    String value = find(name);
    return value == null ? Optional.empty() : Optional.of(parse(name, value));
  }

  private static int parse(String name, String value) {
    try {
      return Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw wrong(name, value, "a whole number");
    }
  }

  int integer(String name, int fallback, int least, int most) {
    int value = integer(name).orElse(fallback);
    if (value < least || value > most) {
      throw wrong(name, String.valueOf(value), "from %d to %d".formatted(least, most));
    }
    return value;
  }

  boolean flag(String name, boolean fallback) {
    String value = find(name);
    if (value == null) {
      return fallback;
    }
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, value, "true or false");
    };
  }

  <E extends Enum<E>> E choice(String name, E fallback) {
    String value = find(name);
    if (value == null) {
      return fallback;
    }
    E[] choices = fallback.getDeclaringClass().getEnumConstants();
    for (E choice : choices) {
      if (choice.name().equalsIgnoreCase(value.strip())) {
        return choice;
      }
    }
    throw wrong(name, value, listed(choices));
  }

  private static String listed(Enum<?>[] choices) {
    return Arrays.stream(choices).map(Enum::name).collect(Collectors.joining(" or "));
  }

  Optional<URI> url(String name) {
    String value = find(name);
    return value == null ? Optional.empty() : Optional.of(url(name, value));
  }

  /** What this variable, of whichever origin, says. */
  static URI url(String name, String value) {
    try {
      URI url = new URI(value.strip());
      if (url.getHost() != null) {
        if ("https".equals(url.getScheme())) {
          return url;
        }
        if ("http".equals(url.getScheme())) {
          if (PlainHttp.isAllowedTo(url.getHost())) {
            return url;
          }
          throw wrong(name, value, "https, since secrets travel on it; http is for this machine");
        }
      }
    } catch (URISyntaxException e) {
      // falls through to the message below
    }
    throw wrong(name, value, "a URL such as https://secretsmanager.eu-west-1.amazonaws.com");
  }

  Optional<Path> file(String name, String what) {
    String value = find(name);
    if (value == null) {
      return Optional.empty();
    }
    Path file = Path.of(value.strip());
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw wrong(name, value, what + " that this function can read");
    }
    return Optional.of(file);
  }

  private static RotationException wrong(String name, String value, String choices) {
    return new RotationException(
        MISCONFIGURED, "%s is '%s'; it must be %s".formatted(name, value, choices));
  }
}

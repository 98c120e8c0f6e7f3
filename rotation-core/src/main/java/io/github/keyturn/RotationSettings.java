package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every environment variable of a rotation function, read and checked once. A blank variable counts
 * as unset.
 *
 * @param passwordPolicy what new passwords look like: {@code PASSWORD_LENGTH}, {@code
 *     EXCLUDE_CHARACTERS}, {@code EXCLUDE_NUMBERS}, {@code EXCLUDE_PUNCTUATION}, {@code
 *     EXCLUDE_UPPERCASE}, {@code EXCLUDE_LOWERCASE}, {@code REQUIRE_EACH_INCLUDED_TYPE}
 * @param retireOld {@code RETIRE_OLD}: {@code AT_NEXT_ROTATION} (default) or {@code AT_FINISH}
 * @param settle {@code SETTLE_SECONDS}: how long a change may take until the target accepts it, 0
 *     to 600, by default 10
 * @param superuserSecret {@code SUPERUSER_SECRET_ARN}: the only superuser secret to use; without it
 *     the rotated secret's {@code masterarn} names it
 * @param secretsManagerEndpoint {@code SECRETS_MANAGER_ENDPOINT}: in place of the Region's endpoint
 * @param tlsCaBundle {@code TLS_CA_BUNDLE}: PEM file of the authorities that sign the targets'
 *     certificates
 * @param allowPlaintext {@code ALLOW_PLAINTEXT}: {@code true} lets a connection that asked for no
 *     particular encryption fall back to none, and logs it; for migrations
 */
public record RotationSettings(
    PasswordPolicy passwordPolicy,
    RetireOld retireOld,
    Duration settle,
    Optional<String> superuserSecret,
    Optional<URI> secretsManagerEndpoint,
    Optional<Path> tlsCaBundle,
    boolean allowPlaintext) {

  private static final int LONGEST_SETTLE = 600;
  private static final int DEFAULT_SETTLE = 10;

  /**
   * The settings of this process.
   *
   * @throws RotationException MISCONFIGURED, naming the variable, its value and what it may be
   */
  public static RotationSettings fromEnvironment() {
    return from(System.getenv());
  }

  /**
   * The settings that these variables make; unknown ones are not looked at.
   *
   * @throws RotationException MISCONFIGURED, naming the variable, its value and what it may be
   */
  public static RotationSettings from(Map<String, String> environment) {
    Variables variables = new Variables(environment);
    PasswordPolicy standard = PasswordPolicy.DEFAULT;
    return new RotationSettings(
        new PasswordPolicy(
            variables.integer("PASSWORD_LENGTH", standard.length()),
            variables.text("EXCLUDE_CHARACTERS").orElse(standard.excludeCharacters()),
            variables.flag("EXCLUDE_NUMBERS", standard.excludeNumbers()),
            variables.flag("EXCLUDE_PUNCTUATION", standard.excludePunctuation()),
            variables.flag("EXCLUDE_UPPERCASE", standard.excludeUppercase()),
            variables.flag("EXCLUDE_LOWERCASE", standard.excludeLowercase()),
            variables.flag("REQUIRE_EACH_INCLUDED_TYPE", standard.requireEachIncludedType())),
        variables.retireOld(),
        variables.settle(),
        variables.text("SUPERUSER_SECRET_ARN"),
        variables.endpoint(),
        variables.text("TLS_CA_BUNDLE").map(variables::file),
        variables.flag("ALLOW_PLAINTEXT", false));
  }

  private record Variables(Map<String, String> environment) {

    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    int integer(String name, int fallback) {
      return text(name).map(value -> parse(name, value)).orElse(fallback);
    }

    private static int parse(String name, String value) {
      try {
        return Integer.parseInt(value.strip());
      } catch (NumberFormatException e) {
        throw wrong(name, value, "a whole number");
      }
    }

    boolean flag(String name, boolean fallback) {
      return text(name)
          .map(
              value ->
                  switch (value.strip().toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw wrong(name, value, "true or false");
                  })
          .orElse(fallback);
    }

    RetireOld retireOld() {
      return text("RETIRE_OLD")
          .map(
              value ->
                  Arrays.stream(RetireOld.values())
                      .filter(choice -> choice.name().equalsIgnoreCase(value.strip()))
                      .findFirst()
                      .orElseThrow(
                          () -> wrong("RETIRE_OLD", value, "AT_NEXT_ROTATION or AT_FINISH")))
          .orElse(RetireOld.AT_NEXT_ROTATION);
    }

    Duration settle() {
      int seconds = integer("SETTLE_SECONDS", DEFAULT_SETTLE);
      if (seconds < 0 || seconds > LONGEST_SETTLE) {
        throw wrong("SETTLE_SECONDS", String.valueOf(seconds), "from 0 to " + LONGEST_SETTLE);
      }
      return Duration.ofSeconds(seconds);
    }

    Optional<URI> endpoint() {
      return text("SECRETS_MANAGER_ENDPOINT").map(value -> url("SECRETS_MANAGER_ENDPOINT", value));
    }

    private static URI url(String name, String value) {
      try {
        URI url = new URI(value.strip());
        boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        if (http && url.getHost() != null) {
          return url;
        }
      } catch (URISyntaxException e) {
        // falls through to the message below
      }
      throw wrong(name, value, "a URL such as https://secretsmanager.eu-west-1.amazonaws.com");
    }

    Path file(String value) {
      Path file = Path.of(value.strip());
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw wrong("TLS_CA_BUNDLE", value, "a PEM file that this function can read");
      }
      return file;
    }

    private static RotationException wrong(String name, String value, String choices) {
      return new RotationException(
          MISCONFIGURED, "%s is '%s'; it must be %s".formatted(name, value, choices));
    }
  }
}

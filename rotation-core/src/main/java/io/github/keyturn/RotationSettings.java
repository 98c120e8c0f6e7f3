package io.github.keyturn;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Every environment variable of a rotation function, read and checked once. A blank variable counts
 * as unset.
 *
 * <p>What the framework itself knows has a method of its own. A rotator reads its further variables
 * with {@link #text}, {@link #flag}, {@link #integer}, {@link #choice} and {@link #file}, in its
 * constructor, so that a wrong one fails at start.
 */
public final class RotationSettings {

  private static final int LONGEST_SETTLE = 600;
  private static final int DEFAULT_SETTLE = 10;

  private final Variables variables;
  private final PasswordPolicy passwordPolicy;
  private final RetireOld retireOld;
  private final Duration settle;
  private final Optional<String> superuserSecret;
  private final Optional<URI> secretsManagerEndpoint;
  private final AwsClient secretsManagerClient;
  private final Optional<Path> tlsCaBundle;
  private final boolean allowPlaintext;

  private RotationSettings(Variables variables) {
    PasswordPolicy standard = PasswordPolicy.DEFAULT;
    this.variables = variables;
    passwordPolicy =
        new PasswordPolicy(
            variables.integer("PASSWORD_LENGTH").orElse(standard.length()),
            variables.text("EXCLUDE_CHARACTERS").orElse(standard.excludeCharacters()),
            variables.flag("EXCLUDE_NUMBERS", standard.excludeNumbers()),
            variables.flag("EXCLUDE_PUNCTUATION", standard.excludePunctuation()),
            variables.flag("EXCLUDE_UPPERCASE", standard.excludeUppercase()),
            variables.flag("EXCLUDE_LOWERCASE", standard.excludeLowercase()),
            variables.flag("REQUIRE_EACH_INCLUDED_TYPE", standard.requireEachIncludedType()));
    retireOld = variables.choice("RETIRE_OLD", RetireOld.AT_NEXT_ROTATION);
    settle =
        Duration.ofSeconds(variables.integer("SETTLE_SECONDS", DEFAULT_SETTLE, 0, LONGEST_SETTLE));
    superuserSecret = variables.text("SUPERUSER_SECRET_ARN");
    secretsManagerEndpoint = variables.url("SECRETS_MANAGER_ENDPOINT");
    secretsManagerClient = variables.choice("SECRETS_MANAGER_CLIENT", AwsClient.DIRECT);
    tlsCaBundle = variables.file("TLS_CA_BUNDLE", "a PEM file");
    allowPlaintext = variables.flag("ALLOW_PLAINTEXT", false);
  }

  /**
   * The settings of this process.
   *
   * @throws RotationException MISCONFIGURED, naming the variable, its value and what it may be
   */
  public static RotationSettings fromEnvironment() {
    return from(System.getenv());
  }

  /**
   * The settings that these variables make.
   *
   * @throws RotationException MISCONFIGURED, naming the variable, its value and what it may be
   */
  public static RotationSettings from(Map<String, String> environment) {
    return new RotationSettings(new Variables(environment));
  }

  /**
   * What new passwords look like: {@code PASSWORD_LENGTH}, {@code EXCLUDE_CHARACTERS}, {@code
   * EXCLUDE_NUMBERS}, {@code EXCLUDE_PUNCTUATION}, {@code EXCLUDE_UPPERCASE}, {@code
   * EXCLUDE_LOWERCASE}, {@code REQUIRE_EACH_INCLUDED_TYPE}.
   */
  public PasswordPolicy passwordPolicy() {
    return passwordPolicy;
  }

  /** {@code RETIRE_OLD}: {@code AT_NEXT_ROTATION} (default) or {@code AT_FINISH}. */
  public RetireOld retireOld() {
    return retireOld;
  }

  /**
   * {@code SETTLE_SECONDS}: how long a change may take until the target accepts it, 0 to 600, by
   * default 10.
   */
  public Duration settle() {
    return settle;
  }

  /**
   * {@code SUPERUSER_SECRET_ARN}: the only superuser secret to use; without it the rotated secret's
   * {@code masterarn} names it.
   */
  public Optional<String> superuserSecret() {
    return superuserSecret;
  }

  /** {@code SECRETS_MANAGER_ENDPOINT}: in place of the Region's endpoint. */
  public Optional<URI> secretsManagerEndpoint() {
    return secretsManagerEndpoint;
  }

  /**
   * {@code SECRETS_MANAGER_CLIENT}: {@code DIRECT} (default), or {@code SDK} for the generated
   * client, which takes longer to start.
   */
  AwsClient secretsManagerClient() {
    return secretsManagerClient;
  }

  /**
   * {@code TLS_CA_BUNDLE}: PEM file of the authorities that sign the targets' certificates; without
   * it, those of the JVM.
   */
  public Optional<Path> tlsCaBundle() {
    return tlsCaBundle;
  }

  /**
   * {@code ALLOW_PLAINTEXT}: {@code true} lets a connection that asked for no particular encryption
   * fall back to none, and logs it; for migrations.
   */
  public boolean allowPlaintext() {
    return allowPlaintext;
  }

  /** A rotator's own variable, as it is. */
  public Optional<String> text(String name) {
    return variables.text(name);
  }

  /**
   * A rotator's own variable, {@code true} or {@code false}.
   *
   * @throws RotationException MISCONFIGURED when it is neither
   */
  public boolean flag(String name, boolean fallback) {
    return variables.flag(name, fallback);
  }

  /**
   * A rotator's own variable, a whole number.
   *
   * @throws RotationException MISCONFIGURED when it is not between {@code least} and {@code most},
   *     both included
   */
  public int integer(String name, int fallback, int least, int most) {
    return variables.integer(name, fallback, least, most);
  }

  /**
   * A rotator's own variable, one of the fallback's enum in any letter case.
   *
   * @throws RotationException MISCONFIGURED when it is none of them
   */
  public <E extends Enum<E>> E choice(String name, E fallback) {
    return variables.choice(name, fallback);
  }

  /**
   * A rotator's own variable, the path of a file.
   *
   * @param what what the file must be, for the message: {@code a PEM file}
   * @throws RotationException MISCONFIGURED when there is no such file, or it can't be read
   */
  public Optional<Path> file(String name, String what) {
    return variables.file(name, what);
  }
}

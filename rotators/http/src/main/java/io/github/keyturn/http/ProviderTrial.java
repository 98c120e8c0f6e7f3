package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.SecretStore;
import io.github.keyturn.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tries a definition with a real secret, and changes nothing: asks whether AWSCURRENT is accepted,
 * lists the keys, and says what a rotation would do with each.
 */
public final class ProviderTrial {

  private static final Duration TIME = Duration.ofMinutes(1);

  /**
   * What was found out.
   *
   * @param accepted whether the provider accepts AWSCURRENT
   * @param lines the same and more for people; no value is among it
   */
  public record Result(boolean accepted, List<String> lines) {

    /** Copies the lines. */
    public Result {
      lines = List.copyOf(lines);
    }
  }

  private final ProviderDefinition definition;
  private final HttpKeySettings settings;
  private final Optional<String> superuserSecret;
  private final SecretStore store;
  private final String arn;
  private final Provider provider;
  private final List<String> lines = new ArrayList<>();

  ProviderTrial(
      ProviderDefinition definition,
      RotationSettings settings,
      HttpTransport.Origins origins,
      SecretStore store,
      String secretId) {
    this.definition = definition;
    this.settings = HttpKeySettings.of(settings);
    this.superuserSecret = settings.superuserSecret();
    this.store = store;
    this.arn = store.describe(secretId).arn();
    this.provider =
        new Provider(
            definition,
            new HttpTransport(HttpTransport.Setup.of(settings.tlsCaBundle(), origins)),
            new Untimed());
  }

  /**
   * A trial of the definition that the settings name, in the same Secrets Manager as a function's.
   *
   * @throws RotationException when the definition is wrong, or the secret can't be read
   */
  public static ProviderTrial of(RotationSettings settings, String secretId) {
    return new ProviderTrial(
        ProviderDefinition.fromSettings(settings),
        settings,
        HttpTransport.Origins.REAL,
        Connection.store(settings),
        secretId);
  }

  /**
   * Asks; nothing is changed, here or there.
   *
   * @throws RotationException when a question has no answer
   */
  public Result run() throws InterruptedException {
    SecretDocument current = read(store.readCurrent(arn).value());
    boolean accepted = provider.verify(current) == Verdict.ACCEPTED;
    lines.add(
        "%s: AWSCURRENT is %s"
            .formatted(definition.operation("verify"), accepted ? "accepted" : "REFUSED"));
    if (accepted && definition.find("list").isPresent()) {
      list(new Party(current, admin(current)));
    }
    return new Result(accepted, lines);
  }

  private SecretDocument read(Secret value) {
    return SecretDocument.parse(value, definition.secretValue());
  }

  /** As a rotation finds it. */
  private Optional<SecretDocument> admin(SecretDocument current) {
    if (!definition.needsAdmin()) {
      return Optional.empty();
    }
    Optional<String> named = current.isBare() ? Optional.empty() : current.find("masterarn");
    if (superuserSecret.isPresent() && named.isPresent() && !superuserSecret.equals(named)) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret's masterarn (%s) is not the superuser secret that this function may use (%s); change one of them"
              .formatted(named.get(), superuserSecret.get()));
    }
    String id =
        superuserSecret
            .or(() -> named)
            .orElseThrow(
                () ->
                    new RotationException(
                        MISCONFIGURED,
                        "the definition needs a superuser secret; add its ARN to the secret value as 'masterarn', or set SUPERUSER_SECRET_ARN"));
    return Optional.of(read(store.readCurrent(id).value()));
  }

  private void list(Party party) throws InterruptedException {
    List<ProviderKey> keys;
    try {
      keys = provider.list(party);
    } catch (LoginRefusedException e) {
      lines.add(e.problem() + ": the provider refuses that login");
      return;
    }
    lines.add("%s: %d keys".formatted(definition.operation("list"), keys.size()));
    if (definition.strategy() == Strategy.CLIENT_CHOSEN) {
      keys.forEach(key -> lines.add("  %s: %s".formatted(key.label(), byValue(key))));
    } else {
      Leftovers leftovers = new Leftovers(definition, settings, provider, new Stored(), line -> {});
      List<ProviderKey> leftOver = leftovers.among(keys, party.secret(), false);
      for (ProviderKey key : keys) {
        String fate =
            leftOver.contains(key)
                ? "left over; the next rotation would revoke it"
                : whose(key, leftovers);
        lines.add("  %s: %s".formatted(key.label(), fate));
      }
      leftovers.doubt(keys, party.secret()).ifPresent(lines::add);
    }
  }

  private static String whose(ProviderKey key, Leftovers leftovers) throws InterruptedException {
    Set<String> labels = leftovers.labelsOf(key);
    if (!labels.isEmpty()) {
      return String.join(", ", labels);
    }
    if (!leftovers.mayBeOurs(key)) {
      return "not this secret's; left alone";
    }
    return leftovers.isAwaited(key)
        ? "this secret's, of a version that has no value yet"
        : "this secret's; left alone, since it may be in use";
  }

  private String byValue(ProviderKey key) {
    Versions versions = new Stored();
    return versions.labels().entrySet().stream()
        .filter(
            version ->
                versions
                    .value(version.getKey())
                    .flatMap(value -> value.find(definition.secretValue()))
                    .equals(key.value().map(Secret::reveal)))
        .findFirst()
        .map(version -> String.join(", ", version.getValue()))
        .orElse("of no version with a label");
  }

  private final class Stored implements Versions {
    @Override
    public String secretArn() {
      return arn;
    }

    @Override
    public Optional<String> pending() {
      return Optional.empty();
    }

    @Override
    public Map<String, Set<String>> labels() {
      return store.describe(arn).labels();
    }

    @Override
    public Optional<SecretDocument> value(String version) {
      return store.read(arn, version).map(ProviderTrial.this::read);
    }
  }

  private static final class Untimed implements Invocation {
    @Override
    public Duration timeLeft() {
      return TIME;
    }

    @Override
    public Secret issued(String value) {
      return Secret.of(value);
    }
  }

  /** A handler's way to Secrets Manager, without its steps. */
  private static final class Connection extends RotationHandler {

    private Connection(RotationSettings settings) {
      super(new NoRotator(), settings);
    }

    static SecretStore store(RotationSettings settings) {
      List<SecretStore> stores = new ArrayList<>();
      new Connection(settings)
          .onStore(
              store -> {
                stores.add(store);
                return store;
              });
      return stores.get(0);
    }
  }

  private static final class NoRotator implements Rotator {
    @Override
    public SecretDocument create(SecretDocument current, Rotation rotation) {
      return current;
    }

    @Override
    public Verdict check(SecretDocument candidate, Rotation rotation) {
      return Verdict.REJECTED;
    }
  }
}

package io.github.keyturn.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.SecretStore;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.provider.Account;
import io.github.keyturn.testkit.provider.ProviderProfile;
import io.github.keyturn.testkit.provider.StandInProvider;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** A customer of a stand-in, its secret, its superuser secret and a function that rotates it. */
final class Bed implements AutoCloseable {

  static final String SECRET = "prod/app/api-key";
  private static final String ADMIN = "prod/admin";
  private static final ObjectMapper JSON = new ObjectMapper();

  final StandInProvider provider;
  final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  final Account account;
  final Map<String, String> environment;
  final String arn;
  private final ProviderDefinition definition;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private Duration timeout = Duration.ofSeconds(30);

  private Bed(
      ProviderProfile profile, ProviderDefinition definition, Map<String, String> environment) {
    this.provider = StandInProvider.start(profile);
    this.definition = definition;
    this.environment = new HashMap<>(environment);
    this.account = provider.newAccount();
    this.arn = secrets.createSecret(SECRET, Secret.of(withAdmin(provider.secret(account))));
  }

  static Bed of(Shipped shipped) {
    return of(shipped, Map.of());
  }

  static Bed of(Shipped shipped, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(shipped.environment());
    environment.putAll(settings);
    return new Bed(
        shipped.profile(),
        ProviderDefinition.fromSettings(RotationSettings.from(environment)),
        environment);
  }

  /** With a definition of the test's own. */
  static Bed of(ProviderProfile profile, String definition, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("SETTLE_SECONDS", "0");
    return new Bed(
        profile,
        ProviderDefinition.parse("test.json", definition, RotationSettings.from(environment)),
        environment);
  }

  private String withAdmin(String secret) {
    try {
      ObjectNode json = ((ObjectNode) JSON.readTree(secret)).put("team", "payments");
      if (definition.needsAdmin()) {
        json.put("masterarn", secrets.createSecret(ADMIN, Secret.of(provider.admin(account))));
      }
      return json.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the profile's secret is no object", e);
    }
  }

  void timeout(Duration newTimeout) {
    timeout = newTimeout;
  }

  // The function

  /** A new process with a rotator of its own. */
  HandlerFunction function() {
    return function(secrets.store());
  }

  HandlerFunction function(SecretStore store) {
    RotationSettings settings = RotationSettings.from(environment);
    return HandlerFunction.of(handler(rotator(), settings, store), timeout, log::add);
  }

  Rotator rotator() {
    return KeyRotators.of(
        definition, RotationSettings.from(environment), (origin, secret) -> provider.url());
  }

  static RotationHandler handler(Rotator rotator, RotationSettings settings, SecretStore store) {
    return new RotationHandler(rotator, settings, store) {};
  }

  String stage() {
    return secrets.stage(SECRET);
  }

  /** A whole rotation. */
  String rotate() throws Exception {
    String token = stage();
    rotate(token);
    return token;
  }

  void rotate(String token) throws Exception {
    for (Step step : Step.values()) {
      run(step, token);
    }
  }

  void run(Step step, String token) throws Exception {
    function().invoke(HandlerFunction.event(step, arn, token));
  }

  /**
   * Delivers a step twice: the second delivery runs to its end just before the first one sends its
   * first request to such a place.
   */
  void overtaken(Step step, String token, Predicate<URI> place) throws Exception {
    AtomicBoolean overtaken = new AtomicBoolean();
    RotationSettings settings = RotationSettings.from(environment);
    Rotator first =
        KeyRotators.of(
            definition,
            settings,
            (origin, secret) -> {
              if (place.test(origin) && overtaken.compareAndSet(false, true)) {
                runUnchecked(step, token);
              }
              return provider.url();
            });
    HandlerFunction.of(handler(first, settings, secrets.store()), timeout, log::add)
        .invoke(HandlerFunction.event(step, arn, token));
    if (!overtaken.get()) {
      throw new IllegalStateException("it has sent no such request");
    }
  }

  private void runUnchecked(Step step, String token) {
    try {
      run(step, token);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  ProviderTrial trial() {
    return new ProviderTrial(
        definition,
        RotationSettings.from(environment),
        (origin, secret) -> provider.url(),
        secrets.store(),
        SECRET);
  }

  // What a test looks at

  SecretDocument current() {
    return read(secrets.store().readCurrent(SECRET).value());
  }

  Optional<SecretDocument> version(String id) {
    return secrets.store().read(SECRET, id).map(this::read);
  }

  private SecretDocument read(Secret value) {
    return SecretDocument.parse(value);
  }

  String value(SecretDocument document) {
    return document.text(definition.secretValue());
  }

  boolean accepts(SecretDocument document) {
    return provider.accepts(value(document));
  }

  List<String> log() {
    return List.copyOf(log);
  }

  @Override
  public void close() {
    provider.close();
    secrets.close();
  }
}

package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.REJECTED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the strategies for API keys have in common: the provider, and who acts there. */
abstract class KeyRotator implements Rotator {

  /** How long another delivery of createSecret may take from the provider's answer to its end. */
  private static final Duration TWIN_PATIENCE = Duration.ofSeconds(1);

  private static final int NEWEST_VERSIONS = 3;

  private static final Duration TWIN_PAUSE = Duration.ofMillis(100);
  private static final Duration PROPAGATION_PAUSE = Duration.ofSeconds(1);

  final ProviderDefinition definition;
  final HttpKeySettings settings;
  private final HttpTransport.Setup setup;
  private volatile @Nullable Connected connected;

  private record Connected(Rotation rotation, Provider provider) {}

  /** Something that is done at the provider. */
  @FunctionalInterface
  interface Action<T> {
    T run(Party party) throws LoginRefusedException, InterruptedException;
  }

  KeyRotator(ProviderDefinition definition, HttpKeySettings settings, HttpTransport.Setup setup) {
    this.definition = definition;
    this.settings = settings;
    this.setup = setup;
  }

  @Override
  public Optional<String> bareField() {
    return Optional.of(definition.secretValue());
  }

  @Override
  public Verdict check(SecretDocument candidate, Rotation rotation) throws Exception {
    return provider(rotation).verify(candidate);
  }

  /** The provider, for as long as this invocation lasts. */
  Provider provider(Rotation rotation) {
    Connected last = connected;
    if (last == null || last.rotation() != rotation) {
      last =
          new Connected(
              rotation,
              new Provider(definition, new HttpTransport(setup), Invocation.of(rotation)));
      connected = last;
    }
    return last.provider();
  }

  // Who acts

  /**
   * Acts as the owner, or as the superuser once the owner has logged in.
   *
   * @throws LoginRefusedException when the provider refuses the owner
   */
  <T> T asOwner(SecretDocument owner, Rotation rotation, Action<T> action) throws Exception {
    if (!definition.needsAdmin()) {
      return action.run(Party.of(owner));
    }
    AtomicReference<@Nullable T> result = new AtomicReference<>();
    Verdict verdict =
        rotation.asSuperuser(
            owner,
            superuser -> {
              result.set(asAdmin(owner, superuser.login(), action));
              return Verdict.ACCEPTED;
            });
    if (verdict == Verdict.REJECTED) {
      if (!mayActWithoutOwner()) {
        throw new LoginRefusedException("the provider refuses the secret's own login", false);
      }
      rotation.asSuperuserWithoutOwner(
          owner,
          superuser -> {
            result.set(asAdmin(owner, superuser.login(), action));
            return Verdict.ACCEPTED;
          });
    }
    return Objects.requireNonNull(result.get());
  }

  private <T> T asAdmin(SecretDocument owner, SecretDocument admin, Action<T> action)
      throws Exception {
    try {
      return action.run(new Party(owner, Optional.of(admin)));
    } catch (LoginRefusedException e) {
      throw refusal(e);
    }
  }

  boolean mayActWithoutOwner() {
    return settings.adminWithoutOwner();
  }

  /** The same, for steps in which a refused login is a failure. */
  <T> T asCurrent(SecretDocument current, Rotation rotation, Action<T> action) throws Exception {
    try {
      return asOwner(current, rotation, action);
    } catch (LoginRefusedException e) {
      throw refusal(e);
    }
  }

  private RotationException refusal(LoginRefusedException refused) {
    if (refused.isOfAdmin()) {
      return new RotationException(
          PRIVILEGE,
          "%s: the provider refuses the superuser secret; correct that secret, or rotate it"
              .formatted(refused.problem()));
    }
    String advice =
        mayActWithoutOwner()
            ? "the definition needs its login there, so the superuser can't act without it; issue a key by hand and store it with PutSecretValue"
            : "issue a key by hand and store it with PutSecretValue, or let the superuser act without it (%s)"
                .formatted(HttpKeySettings.ADMIN_WITHOUT_OWNER);
    return new RotationException(
        REJECTED,
        "%s: the provider refuses AWSCURRENT, so nothing was changed; %s, and rotate again"
            .formatted(refused.problem(), advice));
  }

  /** For set: a refused authority is an answer, and the framework tries the next one. */
  Verdict asAuthority(
      SecretDocument pending, SecretDocument authority, Rotation rotation, Action<Verdict> action)
      throws Exception {
    requireSameOwner(pending, authority);
    try {
      return asOwner(authority, rotation, action);
    } catch (LoginRefusedException e) {
      if (e.isOfAdmin()) {
        throw refusal(e);
      }
      return Verdict.REJECTED;
    }
  }

  /** A hand-made AWSPENDING must not have the superuser act on somebody else's keys. */
  private void requireSameOwner(SecretDocument pending, SecretDocument authority) {
    for (String field : definition.ownerFields()) {
      if (!pending.find(field).equals(authority.find(field))) {
        throw new RotationException(
            MISCONFIGURED,
            "AWSPENDING differs in '%s' from the value that it is set with, so it is somebody else's key; remove AWSPENDING with UpdateSecretVersionStage and rotate again"
                .formatted(field));
      }
    }
  }

  // Values

  SecretDocument withKey(SecretDocument current, Map<String, String> issued) {
    SecretDocument next = current;
    for (Map.Entry<String, String> field : issued.entrySet()) {
      if (!current.isBare() || field.getKey().equals(definition.secretValue())) {
        next = next.with(field.getKey(), field.getValue());
      }
    }
    return next;
  }

  boolean sameKey(SecretDocument one, SecretDocument other) {
    String field = definition.secretValue();
    return one.find(field).equals(other.find(field));
  }

  /**
   * What another delivery of this createSecret has stored, or stores within a moment. There is none
   * to wait for when an earlier rotation explains what the provider has.
   */
  Optional<SecretDocument> twin(SecretDocument current, Rotation rotation)
      throws InterruptedException {
    Optional<SecretDocument> stored = rotation.version(rotation.token());
    return stored.isPresent() || anotherVersionLogsIn(current, rotation)
        ? stored
        : awaitTwin(rotation);
  }

  /**
   * Whether one of the secret's newest versions logs in, though it is not AWSCURRENT: a rotation
   * has stored it and was given up.
   */
  private boolean anotherVersionLogsIn(SecretDocument current, Rotation rotation)
      throws InterruptedException {
    for (String version : rotation.history().stream().limit(NEWEST_VERSIONS).toList()) {
      Optional<SecretDocument> value = rotation.version(version);
      if (value.isPresent()
          && !sameKey(value.get(), current)
          && provider(rotation).verify(value.get()) == Verdict.ACCEPTED) {
        return true;
      }
    }
    return false;
  }

  // Waiting

  /** Gives a new key the time that the provider says it needs. */
  void awaitPropagation(SecretDocument pending, Rotation rotation) throws Exception {
    Instant end = Instant.now().plus(definition.propagation());
    while (Instant.now().isBefore(end)
        && rotation.timeLeft().compareTo(PROPAGATION_PAUSE) > 0
        && provider(rotation).verify(pending) != Verdict.ACCEPTED) {
      Thread.sleep(PROPAGATION_PAUSE.toMillis());
    }
  }

  /**
   * What another delivery of this createSecret, at the same time, stores within a moment; there is
   * no other way to tell one that is at work from one that has died.
   */
  static Optional<SecretDocument> awaitTwin(Rotation rotation) throws InterruptedException {
    Instant end = Instant.now().plus(TWIN_PATIENCE);
    Optional<SecretDocument> stored = rotation.version(rotation.token());
    while (stored.isEmpty() && Instant.now().isBefore(end)) {
      Thread.sleep(TWIN_PAUSE.toMillis());
      stored = rotation.version(rotation.token());
    }
    return stored;
  }
}

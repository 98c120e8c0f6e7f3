package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.RetireOld;
import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The strategy {@code client-chosen} for providers that accept several values: createSecret chooses
 * one, which is stored before the provider hears of it, and setSecret brings it there. Nothing can
 * get lost; what a rotation that was given up has brought is recognised by its value.
 */
final class ChosenKeyRotator extends KeyRotator implements OverlappingRotator {

  private static final String AWSPREVIOUS = "AWSPREVIOUS";

  /** What was given up longer ago than so many versions has been found by the rotations since. */
  private static final int VERSIONS_LOOKED_AT = 20;

  private static final int MOST_NAMED = 20;

  ChosenKeyRotator(
      ProviderDefinition definition, HttpKeySettings settings, HttpTransport.Setup setup) {
    super(definition, settings, setup);
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) {
    return ChosenValues.in(current, definition.secretValue(), rotation);
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    Verdict verdict =
        asAuthority(pending, authority, rotation, party -> bring(pending, party, rotation));
    if (verdict != Verdict.REJECTED) {
      awaitPropagation(pending, rotation);
    }
    return verdict;
  }

  private Verdict bring(SecretDocument pending, Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    List<ProviderKey> keys = new ArrayList<>(provider(rotation).list(party));
    if (holds(keys, pending)) {
      return Verdict.ACCEPTED;
    }
    for (ProviderKey key : abandoned(keys, party.secret(), rotation)) {
      provider(rotation).revoke(party, key.id());
      rotation.log(
          "revoked the key %s, which a rotation that was given up had brought"
              .formatted(key.label()));
      keys.remove(key);
    }
    requireRoom(keys);
    try {
      provider(rotation)
          .create(
              Values.of(party, definition)
                  .withName(definition.naming().newName(rotation.secretId(), rotation.token()))
                  .withKeyValue(pending.secret(definition.secretValue())));
    } catch (RotationException e) {
      if (!holds(provider(rotation).list(party), pending)) {
        throw e;
      }
      rotation.log("another delivery of setSecret was first");
    }
    return Verdict.ACCEPTED;
  }

  private boolean holds(List<ProviderKey> keys, SecretDocument value) {
    return keys.stream().anyMatch(key -> isKeyOf(value, key));
  }

  private boolean isKeyOf(SecretDocument value, ProviderKey key) {
    return key.value().isPresent()
        && value.find(definition.secretValue()).equals(key.value().map(v -> v.reveal()));
  }

  /** Keys with a value that this secret once had, and that no label leads to. */
  private List<ProviderKey> abandoned(
      List<ProviderKey> keys, SecretDocument current, Rotation rotation)
      throws InterruptedException {
    List<ProviderKey> others = keys.stream().filter(key -> !isKeyOf(current, key)).toList();
    if (others.isEmpty()) {
      return List.of();
    }
    List<SecretDocument> kept = kept(others, rotation);
    List<SecretDocument> history =
        rotation.history().stream()
            .limit(VERSIONS_LOOKED_AT)
            .flatMap(version -> rotation.version(version).stream())
            .toList();
    return others.stream()
        .filter(key -> kept.stream().noneMatch(value -> isKeyOf(value, key)))
        .filter(key -> history.stream().anyMatch(value -> isKeyOf(value, key)))
        .toList();
  }

  /** The values of all versions with a label, but for a previous one that has ended. */
  private List<SecretDocument> kept(List<ProviderKey> listed, Rotation rotation)
      throws InterruptedException {
    List<SecretDocument> kept = new ArrayList<>();
    for (Map.Entry<String, Set<String>> version : rotation.labels().entrySet()) {
      Optional<SecretDocument> value = rotation.version(version.getKey());
      if (value.isPresent()
          && listed.stream().anyMatch(key -> isKeyOf(value.get(), key))
          && !isEndedPrevious(version.getValue(), value.get(), rotation)) {
        kept.add(value.get());
      }
    }
    return kept;
  }

  /** A crash between deactivating and deleting leaves it listed, and refused. */
  private boolean isEndedPrevious(Set<String> labels, SecretDocument value, Rotation rotation)
      throws InterruptedException {
    return labels.equals(Set.of(AWSPREVIOUS))
        && (settings.retireOld() == RetireOld.AT_FINISH
            || provider(rotation).verify(value) == Verdict.REJECTED);
  }

  private void requireRoom(List<ProviderKey> keys) {
    Optional<Integer> limit = definition.maxKeys().filter(most -> keys.size() >= most);
    if (limit.isPresent()) {
      throw new RotationException(
          MISCONFIGURED,
          "%s has %d keys, and its limit is %d, so the new one can't be added. Keyturn revokes only keys that this secret once held and no label leads to, and there is none. If they are not in use, remove one of these by hand and rotate again (AWSCURRENT's may be among them): %s"
              .formatted(
                  definition.name(),
                  keys.size(),
                  limit.get(),
                  keys.stream().map(ProviderKey::label).limit(MOST_NAMED).toList()));
    }
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    if (sameKey(old, current)) {
      return;
    }
    asCurrent(
        current,
        rotation,
        party -> {
          List<ProviderKey> ended =
              provider(rotation).list(party).stream().filter(key -> isKeyOf(old, key)).toList();
          for (ProviderKey key : ended) {
            provider(rotation).revoke(party, key.id());
          }
          if (ended.isEmpty()) {
            rotation.log("the provider lists no key with the old value, so none was revoked");
          }
          return Verdict.ACCEPTED;
        });
  }
}

package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The strategies {@code issue} and {@code grace}: createSecret has the provider issue a key, and
 * the old one is revoked when the next rotation begins (or ends by itself before that).
 *
 * <p>A key's name says which version it was issued for. What is left over when createSecret dies
 * before its value is stored has the name of a version that holds another key, or that no label
 * leads to any more; such keys, and no others, are revoked.
 */
final class IssuedKeyRotator extends KeyRotator implements OverlappingRotator {

  IssuedKeyRotator(
      ProviderDefinition definition, HttpKeySettings settings, HttpTransport.Setup setup) {
    super(definition, settings, setup);
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    requireTraceable(current);
    return asCurrent(current, rotation, party -> create(party, rotation));
  }

  /** A bare string has no room for a key's id, so the provider must tell it. */
  private void requireTraceable(SecretDocument current) {
    boolean told = !definition.operation("verify").extract().isEmpty();
    if (current.isBare() && !told && definition.find("revoke").isPresent()) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret is a bare string, and %s does not tell a key's id, by which it is revoked later; store a JSON object with the fields '%s' and '%s'"
              .formatted(
                  definition.name(), definition.secretValue(), definition.secretId().orElse("")));
    }
  }

  private SecretDocument create(Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    Provider provider = provider(rotation);
    if (definition.find("list").isPresent()) {
      List<ProviderKey> keys = new ArrayList<>(provider.list(party));
      Leftovers leftovers = leftovers(rotation);
      // a key of this very version may be another delivery's, whose value is about to be stored
      revokeAll(leftovers.among(keys, party.secret(), true), keys, party, rotation);
      revokeAll(leftovers.ofPrevious(keys, party.secret()), keys, party, rotation);
      Optional<SecretDocument> twin = makeRoom(keys, leftovers, party, rotation);
      if (twin.isPresent()) {
        return twin.get();
      }
    }
    Values values =
        Values.of(party, definition)
            .withDescribed(provider.describe(party))
            .withName(definition.naming().newName(rotation.secretId(), rotation.token()));
    SecretDocument next = withKey(party.secret(), provider.create(values));
    definition
        .grace()
        .ifPresent(
            grace ->
                rotation.log(
                    "AWSCURRENT works for %d more hours at most; this rotation has to end by then"
                        .formatted(grace.toHours())));
    return next;
  }

  /**
   * A provider at its limit takes no further key. If that is because of what earlier tries of this
   * version left, it has to go now.
   */
  private Optional<SecretDocument> makeRoom(
      List<ProviderKey> keys, Leftovers leftovers, Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    int limit = definition.maxKeys().orElse(Integer.MAX_VALUE);
    if (keys.size() < limit) {
      return Optional.empty();
    }
    List<ProviderKey> ofThisVersion = leftovers.among(keys, party.secret(), false);
    if (!ofThisVersion.isEmpty()) {
      Optional<SecretDocument> twin = awaitTwin(rotation);
      if (twin.isPresent()) {
        return twin;
      }
      revokeAll(ofThisVersion, keys, party, rotation);
    }
    if (keys.size() >= limit) {
      throw new RotationException(
          MISCONFIGURED,
          "%s has %d keys, and its limit is %d, so no further one can be issued. Keyturn revokes only keys that it has named and that no version of this secret leads to, and there is none. If they are not in use, remove some of these by hand and rotate again: %s"
              .formatted(
                  definition.name(), keys.size(), limit, leftovers.notHeld(keys, party.secret())));
    }
    return Optional.empty();
  }

  private Leftovers leftovers(Rotation rotation) {
    return new Leftovers(
        definition, settings, provider(rotation), Versions.of(rotation), rotation::log);
  }

  private void revokeAll(
      List<ProviderKey> revoked, List<ProviderKey> keys, Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    for (ProviderKey key : revoked) {
      provider(rotation).revoke(party, key.id());
      rotation.log("revoked the key %s, which nothing led to any more".formatted(key.label()));
    }
    keys.removeAll(revoked);
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    if (definition.find("list").isPresent()) {
      Verdict verdict =
          asAuthority(
              pending,
              authority,
              rotation,
              party -> {
                // the value is stored, so whatever else was issued for this version is left over
                List<ProviderKey> keys = new ArrayList<>(provider(rotation).list(party));
                revokeAll(leftovers(rotation).among(keys, pending, false), keys, party, rotation);
                return Verdict.ACCEPTED;
              });
      if (verdict == Verdict.REJECTED) {
        return verdict;
      }
    }
    awaitPropagation(pending, rotation);
    return Verdict.ACCEPTED;
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    if (definition.find("revoke").isEmpty() || sameKey(old, current)) {
      return;
    }
    KeyId id = provider(rotation).idOf(old);
    if (!id.exists()) {
      if (!id.isKnown()) {
        rotation.log(
            "the old key can't be revoked, because the secret does not say its id ('%s'); revoke it by hand"
                .formatted(definition.secretId().orElse("")));
      }
      return;
    }
    if (provider(rotation).idOf(current).is(id.text())) {
      return;
    }
    asCurrent(
        current,
        rotation,
        party -> {
          provider(rotation).revoke(party, id.text());
          return Verdict.ACCEPTED;
        });
  }
}

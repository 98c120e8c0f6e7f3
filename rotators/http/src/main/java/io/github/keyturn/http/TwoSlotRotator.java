package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.FAILED;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.Map;
import java.util.Optional;

/**
 * The strategy {@code two-slot}: createSecret has the provider issue a secondary key beside the
 * primary one, and when the primary one shall end, the secondary one is promoted to its place.
 *
 * <p>What ends a key is asked for with that key's own login. A request that comes too late, because
 * another delivery was faster, is then refused instead of ending the key that has taken its place.
 */
final class TwoSlotRotator extends KeyRotator implements OverlappingRotator {

  TwoSlotRotator(
      ProviderDefinition definition, HttpKeySettings settings, HttpTransport.Setup setup) {
    super(definition, settings, setup);
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    return asCurrent(current, rotation, party -> create(party, rotation));
  }

  private SecretDocument create(Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    Provider provider = provider(rotation);
    SecretDocument primary = primary(party, rotation);
    if (!sameKey(primary, party.secret())) {
      rotation.log("AWSCURRENT is the secondary key; it is promoted, and the primary one ends");
      promote(primary, party, rotation);
    }
    Values values = Values.of(party, definition);
    Optional<Map<String, String>> issued = provider.createUnlessTaken(values);
    if (issued.isEmpty()) {
      Optional<SecretDocument> twin = twin(party.secret(), rotation);
      if (twin.isPresent()) {
        return twin.get();
      }
      rotation.log("there is a secondary key that nothing leads to any more; it ends");
      provider.call("revoke", party);
      issued = provider.createUnlessTaken(values);
    }
    return withKey(
        party.secret(),
        issued.orElseThrow(
            () ->
                new RotationException(
                    CONFLICT,
                    "somebody else issues a secondary key at %s at the same time; Secrets Manager will retry the rotation"
                        .formatted(definition.name()))));
  }

  /** Lets the secondary key take this primary one's place; who comes second is late. */
  private void promote(SecretDocument primary, Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    try {
      provider(rotation).call("promote", new Party(primary, party.admin()));
    } catch (RotationException e) {
      if (sameKey(primary(party, rotation), primary)) {
        throw e;
      }
      rotation.log("another delivery has promoted the secondary key already");
    } catch (LoginRefusedException e) {
      if (sameKey(primary(party, rotation), primary)) {
        throw new RotationException(
            FAILED,
            "%s: the provider refuses the primary key that it has told itself, so nothing was changed; correct what 'describe' extracts as '%s'"
                .formatted(e.problem(), DefinitionRules.PRIMARY));
      }
      rotation.log("another delivery has promoted the secondary key already");
    }
  }

  /** The secret with the primary key, which may be its own. */
  private SecretDocument primary(Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    Object primary = provider(rotation).describe(party).get(DefinitionRules.PRIMARY);
    if (primary == null) {
      throw new RotationException(
          FAILED,
          "%s does not tell the primary key, so nothing was changed; correct what 'describe' extracts as '%s'"
              .formatted(definition.name(), DefinitionRules.PRIMARY));
    }
    return party.secret().with(definition.secretValue(), rotation.issued(primary.toString()));
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    awaitPropagation(pending, rotation);
    return Verdict.ACCEPTED;
  }

  @Override
  public void retire(SecretDocument old, SecretDocument current, Rotation rotation)
      throws Exception {
    if (sameKey(old, current) || provider(rotation).verify(old) != Verdict.ACCEPTED) {
      return;
    }
    asCurrent(
        current,
        rotation,
        party -> {
          // the one that goes is the primary key, unless labels were moved by hand
          SecretDocument primary = primary(party, rotation);
          if (sameKey(primary, old)) {
            promote(primary, party, rotation);
          } else {
            revoke(old, party, rotation);
          }
          return Verdict.ACCEPTED;
        });
  }

  private void revoke(SecretDocument secondary, Party party, Rotation rotation)
      throws InterruptedException {
    try {
      provider(rotation).call("revoke", new Party(secondary, party.admin()));
    } catch (LoginRefusedException e) {
      rotation.log("another delivery has ended the secondary key already");
    }
  }
}

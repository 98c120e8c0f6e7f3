package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.CONFLICT;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The strategy {@code two-slot}: createSecret has the provider issue a secondary key beside the
 * primary one, and when the primary one shall end, the secondary one is promoted to its place.
 */
final class TwoSlotRotator extends KeyRotator implements OverlappingRotator {

  /**
   * Between promoting and issuing in one createSecret. Another delivery of it may have seen the
   * same primary key a moment ago and be about to promote as well: without a secondary key that
   * does nothing, with the new one it would end AWSCURRENT.
   */
  static final Duration PAUSE_AFTER_PROMOTION = Duration.ofSeconds(2);

  private final Duration pause;
  private volatile @Nullable Rotation promotedIn;

  TwoSlotRotator(
      ProviderDefinition definition,
      HttpKeySettings settings,
      HttpTransport.Setup setup,
      Duration pause) {
    super(definition, settings, setup);
    this.pause = pause;
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    return asCurrent(current, rotation, party -> create(party, rotation));
  }

  private SecretDocument create(Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    Provider provider = provider(rotation);
    if (!isPrimary(party.secret(), party, rotation)) {
      rotation.log("AWSCURRENT is the secondary key; it is promoted, and the primary one ends");
      promote(party, rotation);
    }
    if (rotation.equals(promotedIn)) {
      Thread.sleep(pause.toMillis());
    }
    Values values = Values.of(party, definition);
    Optional<Map<String, String>> issued = provider.createUnlessTaken(values);
    if (issued.isEmpty()) {
      Optional<SecretDocument> twin =
          anotherVersionLogsIn(party.secret(), rotation) ? Optional.empty() : awaitTwin(rotation);
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

  /**
   * Lets the secondary key of this party take the primary one's place; who comes second is late.
   */
  private void promote(Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    promotedIn = rotation;
    try {
      provider(rotation).call("promote", party);
    } catch (RotationException e) {
      if (!isPrimary(party.secret(), party, rotation)) {
        throw e;
      }
      rotation.log("another delivery has promoted AWSCURRENT already");
    }
  }

  private boolean isPrimary(SecretDocument value, Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    Object primary = provider(rotation).describe(party).get(DefinitionRules.PRIMARY);
    if (primary == null) {
      throw new RotationException(
          RotationException.Reason.FAILED,
          "%s does not tell the primary key, so nothing was changed; correct what 'describe' extracts as '%s'"
              .formatted(definition.name(), DefinitionRules.PRIMARY));
    }
    rotation.issued(primary.toString());
    return value.find(definition.secretValue()).equals(Optional.of(primary.toString()));
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
          if (isPrimary(old, party, rotation)) {
            promote(party, rotation);
          } else {
            provider(rotation).call("revoke", party);
          }
          return Verdict.ACCEPTED;
        });
  }
}

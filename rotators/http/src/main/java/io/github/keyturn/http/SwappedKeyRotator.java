package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.Optional;

/**
 * The strategy {@code swap}: createSecret has the provider give the key a new value, which ends the
 * old one at once. If the answer gets lost, so does the value, and only the superuser secret can
 * have another one made; clients are refused from createSecret to finishSecret.
 */
final class SwappedKeyRotator extends KeyRotator {

  SwappedKeyRotator(
      ProviderDefinition definition, HttpKeySettings settings, HttpTransport.Setup setup) {
    super(definition, settings, setup);
    if (!settings.inPlaceSwapAllowed()) {
      throw new RotationException(
          MISCONFIGURED,
          "%s replaces keys in place: clients are refused from createSecret to finishSecret, and a lost answer leaves AWSCURRENT dead until the rotation is repeated. If that may be, set %s to true; the superuser secret then acts although AWSCURRENT does not log in"
              .formatted(definition.name(), HttpKeySettings.ALLOW_IN_PLACE_SWAP));
    }
  }

  @Override
  boolean mayActWithoutOwner() {
    return true;
  }

  @Override
  public SecretDocument create(SecretDocument current, Rotation rotation) throws Exception {
    if (provider(rotation).verify(current) == Verdict.REJECTED
        && !anotherVersionLogsIn(current, rotation)) {
      // its value is lost, or another delivery has swapped it a moment ago
      Optional<SecretDocument> twin = awaitTwin(rotation);
      if (twin.isPresent()) {
        return twin.get();
      }
    }
    SecretDocument next =
        asCurrent(
            current,
            rotation,
            party ->
                withKey(
                    party.secret(),
                    provider(rotation)
                        .create(
                            Values.of(party, definition)
                                .withDescribed(provider(rotation).describe(party))
                                .withName(
                                    definition
                                        .naming()
                                        .newName(rotation.secretId(), rotation.token())))));
    awaitPropagation(next, rotation);
    if (provider(rotation).verify(next) == Verdict.REJECTED) {
      return awaitTwin(rotation)
          .orElseThrow(
              () ->
                  new RotationException(
                      CONFLICT,
                      "the new key is refused already, so somebody else replaces it at the same time; Secrets Manager will retry the rotation"));
    }
    return next;
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    awaitPropagation(pending, rotation);
    return Verdict.ACCEPTED;
  }
}

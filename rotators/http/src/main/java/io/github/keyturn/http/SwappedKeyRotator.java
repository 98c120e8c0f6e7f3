package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.Rotation;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;
import java.util.Map;
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
    requireId(current);
    if (provider(rotation).verify(current) == Verdict.REJECTED) {
      // its value is lost, or another delivery has swapped it a moment ago
      Optional<SecretDocument> twin = twin(current, rotation);
      if (twin.isPresent()) {
        return twin.get();
      }
    }
    SecretDocument next =
        asCurrent(current, rotation, party -> withKey(party.secret(), swap(party, rotation)));
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

  /** A bare string says its key's id only as long as it is accepted. */
  private void requireId(SecretDocument current) {
    if (current.isBare() && definition.operation("create").uses(Source.KEY, "id")) {
      throw new RotationException(
          MISCONFIGURED,
          "the secret is a bare string, from which the key's id can't be told once it is refused; store a JSON object with the fields '%s' and '%s'"
              .formatted(definition.secretValue(), definition.secretId().orElse("")));
    }
  }

  private Map<String, String> swap(Party party, Rotation rotation)
      throws LoginRefusedException, InterruptedException {
    Provider provider = provider(rotation);
    return provider.create(
        provider
            .about(party, definition.operation("create"))
            .withDescribed(provider.describe(party))
            .withName(definition.naming().newName(rotation.secretId(), rotation.token())));
  }

  @Override
  public Verdict set(SecretDocument pending, SecretDocument authority, Rotation rotation)
      throws Exception {
    awaitPropagation(pending, rotation);
    return Verdict.ACCEPTED;
  }
}

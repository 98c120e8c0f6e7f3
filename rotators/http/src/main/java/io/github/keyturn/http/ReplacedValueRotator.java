package io.github.keyturn.http;

import io.github.keyturn.Rotation;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Verdict;

/**
 * The strategy {@code client-chosen} for providers that accept one value: the new one, stored
 * before the provider hears of it, takes the old one's place. Nothing can get lost, and clients
 * with the old value are refused from setSecret on.
 */
final class ReplacedValueRotator extends KeyRotator {

  ReplacedValueRotator(
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
        asAuthority(
            pending,
            authority,
            rotation,
            party -> {
              provider(rotation)
                  .create(
                      Values.of(party, definition)
                          .withName(
                              definition.naming().newName(rotation.secretId(), rotation.token()))
                          .withKeyValue(pending.secret(definition.secretValue())));
              return Verdict.ACCEPTED;
            });
    if (verdict != Verdict.REJECTED) {
      awaitPropagation(pending, rotation);
    }
    return verdict;
  }
}

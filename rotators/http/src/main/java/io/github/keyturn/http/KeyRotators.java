package io.github.keyturn.http;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;

/** The rotator of a definition's strategy. */
final class KeyRotators {

  private KeyRotators() {}

  static Rotator of(RotationSettings settings) {
    return of(ProviderDefinition.fromSettings(settings), settings, HttpTransport.Origins.REAL);
  }

  static Rotator of(
      ProviderDefinition definition, RotationSettings settings, HttpTransport.Origins origins) {
    return of(
        definition,
        HttpKeySettings.of(settings),
        HttpTransport.Setup.of(settings.tlsCaBundle(), origins));
  }

  static Rotator of(
      ProviderDefinition definition, HttpKeySettings settings, HttpTransport.Setup setup) {
    return switch (definition.strategy()) {
      case ISSUE, GRACE -> new IssuedKeyRotator(definition, settings, setup);
      case CLIENT_CHOSEN ->
          definition.overlaps()
              ? new ChosenKeyRotator(definition, settings, setup)
              : new ReplacedValueRotator(definition, settings, setup);
      case TWO_SLOT -> new TwoSlotRotator(definition, settings, setup);
      case SWAP -> new SwappedKeyRotator(definition, settings, setup);
    };
  }
}

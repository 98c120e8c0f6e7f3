package io.github.keyturn.http;

import io.github.keyturn.Rotator;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: a primary and a secondary key")
class TwoSlotContractTest extends KeyContract {

  /** Two deliveries of the kit meet much closer than two of the service. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  TwoSlotContractTest() {
    super(Shipped.TWILIO_AUTH_TOKEN, Map.of());
  }

  @Override
  protected Rotator rotator() {
    return new TwoSlotRotator(
        ProviderDefinition.fromSettings(settings()),
        HttpKeySettings.of(settings()),
        HttpTransport.Setup.of(settings().tlsCaBundle(), ORIGINS),
        PAUSE);
  }
}

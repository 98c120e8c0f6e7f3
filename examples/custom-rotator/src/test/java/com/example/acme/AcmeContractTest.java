package com.example.acme;

import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The contract: Acme's API keys")
class AcmeContractTest extends RotatorContract {

  private final Acme acme;

  AcmeContractTest() throws IOException {
    acme = new Acme();
  }

  @Override
  protected Rotator rotator() {
    return new AcmeKeyRotator();
  }

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) {
    String id = "first-" + UUID.randomUUID();
    String key = "key-" + UUID.randomUUID();
    acme.issue(id, key);
    return SecretDocument.parse(
        Secret.of(
            """
            {"url": "http://127.0.0.1:%d", "keyId": "%s", "apiKey": "%s"}"""
                .formatted(address.getPort(), id, key)));
  }

  @Override
  protected boolean logsIn(SecretDocument value) {
    return acme.accepts(value.text("apiKey"));
  }

  @Override
  protected Optional<InetSocketAddress> target() {
    return Optional.of(acme.address());
  }

  @Override
  protected Optional<Set<String>> liveCredentials(SecretDocument current) {
    return Optional.of(acme.keysBeside(current.text("apiKey")));
  }

  @AfterAll
  void stop() {
    acme.close();
  }
}

package io.github.keyturn.http;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretStore;
import io.github.keyturn.testkit.ForwardingSecretStore;
import org.jspecify.annotations.Nullable;

/** A store in which something happens just before a value is stored. */
final class InterruptedStore extends ForwardingSecretStore {

  private final Runnable beforePut;

  InterruptedStore(SecretStore behind, Runnable beforePut) {
    super(behind);
    this.beforePut = beforePut;
  }

  @Override
  protected SecretStore inFrontOf(SecretStore other) {
    return new InterruptedStore(other, beforePut);
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    beforePut.run();
    return super.putPending(secretId, token, value, rotationToken);
  }
}

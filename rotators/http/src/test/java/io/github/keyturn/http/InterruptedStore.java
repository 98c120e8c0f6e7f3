package io.github.keyturn.http;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.SecretVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store in which something happens just before a value is stored. */
record InterruptedStore(SecretStore behind, Runnable beforePut) implements SecretStore {

  @Override
  public SecretDescription describe(String secretId) {
    return behind.describe(secretId);
  }

  @Override
  public Optional<Secret> read(String secretId, String versionId) {
    return behind.read(secretId, versionId);
  }

  @Override
  public Optional<Secret> readPending(String secretId, String token) {
    return behind.readPending(secretId, token);
  }

  @Override
  public SecretVersion readCurrent(String secretId) {
    return behind.readCurrent(secretId);
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    beforePut.run();
    return behind.putPending(secretId, token, value, rotationToken);
  }

  @Override
  public void promote(String secretId, String from, String to) {
    behind.promote(secretId, from, to);
  }

  @Override
  public List<String> history(String secretId) {
    return behind.history(secretId);
  }

  @Override
  public SecretStore until(Instant deadline) {
    return new InterruptedStore(behind.until(deadline), beforePut);
  }
}

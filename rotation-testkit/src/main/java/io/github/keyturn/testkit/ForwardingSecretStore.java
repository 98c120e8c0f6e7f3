package io.github.keyturn.testkit;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.SecretVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes every call on to another store, for a subclass to bend in one place. */
public abstract class ForwardingSecretStore implements SecretStore {

  private final SecretStore behind;

  /** In front of {@code behind}. */
  protected ForwardingSecretStore(SecretStore behind) {
    this.behind = behind;
  }

  /** The same bend in front of another store; {@link #until} needs it. */
  protected abstract SecretStore inFrontOf(SecretStore other);

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
  public final SecretStore until(Instant deadline) {
    return inFrontOf(behind.until(deadline));
  }
}

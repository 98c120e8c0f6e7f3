package io.github.keyturn.testkit;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDescription;
import io.github.keyturn.SecretStore;
import io.github.keyturn.SecretVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Secrets Manager behind the {@link Outside}; it notes every value that was to be stored. */
record WatchedStore(SecretStore store, Outside outside, Consumer<Secret> values)
    implements SecretStore {

  private <T> T call(String operation, Supplier<T> effect) {
    Point point = outside.storeCall(operation);
    if (!outside.lets(point, Moment.BEFORE)) {
      throw new FunctionDied();
    }
    T answer = effect.get();
    if (!outside.lets(point, Moment.AFTER)) {
      throw new FunctionDied();
    }
    return answer;
  }

  @Override
  public SecretDescription describe(String secretId) {
    return call("DescribeSecret", () -> store.describe(secretId));
  }

  @Override
  public Optional<Secret> read(String secretId, String versionId) {
    return call("GetSecretValue", () -> store.read(secretId, versionId));
  }

  @Override
  public Optional<Secret> readPending(String secretId, String token) {
    return call("GetSecretValue", () -> store.readPending(secretId, token));
  }

  @Override
  public SecretVersion readCurrent(String secretId) {
    return call("GetSecretValue", () -> store.readCurrent(secretId));
  }

  @Override
  public PutOutcome putPending(
      String secretId, String token, Secret value, @Nullable Secret rotationToken) {
    values.accept(value);
    return call("PutSecretValue", () -> store.putPending(secretId, token, value, rotationToken));
  }

  @Override
  public void promote(String secretId, String from, String to) {
    call(
        "UpdateSecretVersionStage",
        () -> {
          store.promote(secretId, from, to);
          return to;
        });
  }

  @Override
  public List<String> history(String secretId) {
    return call("ListSecretVersionIds", () -> store.history(secretId));
  }

  @Override
  public SecretStore until(Instant deadline) {
    return new WatchedStore(store.until(deadline), outside, values);
  }
}

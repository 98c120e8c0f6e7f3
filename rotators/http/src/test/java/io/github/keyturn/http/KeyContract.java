package io.github.keyturn.http;

import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract;
import io.github.keyturn.testkit.provider.Account;
import io.github.keyturn.testkit.provider.StandInProvider;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;

/**
 * The contract for a definition that ships. A field of the secret leads its requests to the kit's
 * proxy, which nothing but a test can do.
 */
abstract class KeyContract extends RotatorContract {

  private static final String PROXY = "contractProxy";

  static final HttpTransport.Origins ORIGINS = (origin, secret) -> URI.create(secret.text(PROXY));

  private final Shipped shipped;
  private final Map<String, String> environment;
  private final StandInProvider provider;

  /** The kit asks for the superuser of the account that it has just made, on the same thread. */
  private static final ThreadLocal<Account> NEWEST = new ThreadLocal<>();

  KeyContract(Shipped shipped, Map<String, String> settings) {
    this.shipped = shipped;
    this.environment = new HashMap<>(shipped.environment());
    environment.putAll(settings);
    this.provider = StandInProvider.start(shipped.profile());
  }

  @Override
  protected Rotator rotator() {
    return KeyRotators.of(ProviderDefinition.fromSettings(settings()), settings(), ORIGINS);
  }

  @Override
  protected RotationSettings settings() {
    return RotationSettings.from(environment);
  }

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) {
    Account account = provider.newAccount();
    NEWEST.set(account);
    return SecretDocument.parse(Secret.of(provider.secret(account)))
        .with(PROXY, "http://127.0.0.1:" + address.getPort());
  }

  @Override
  protected Optional<SecretDocument> superuser(InetSocketAddress address) {
    return shipped.definition().needsAdmin()
        ? Optional.of(SecretDocument.parse(Secret.of(provider.admin(NEWEST.get()))))
        : Optional.empty();
  }

  @Override
  protected Optional<InetSocketAddress> target() {
    return Optional.of(provider.address());
  }

  @Override
  protected boolean logsIn(SecretDocument value) {
    return provider.accepts(key(value));
  }

  @Override
  protected Optional<Set<String>> liveCredentials(SecretDocument current) {
    return Optional.of(provider.liveKeys(account(current)));
  }

  @Override
  protected boolean cutOff(SecretDocument account, boolean off) {
    account(account).outOfOrder(off);
    return true;
  }

  @Override
  protected boolean cleansUp() {
    return true;
  }

  private Account account(SecretDocument value) {
    return provider.ownerOf(key(value));
  }

  private String key(SecretDocument value) {
    return value.text(shipped.definition().secretValue());
  }

  @AfterAll
  void stop() {
    provider.close();
  }
}

package io.github.keyturn.testkit.provider;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The keys of all accounts of a provider. */
final class Keys {

  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final List<Key> keys = Collections.synchronizedList(new ArrayList<>());

  /** Whose value was ever accepted, so that a dead one still tells its account. */
  private final Map<String, Account> owners = new ConcurrentHashMap<>();

  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private volatile Duration listLag = Duration.ZERO;
  private volatile Duration propagation = Duration.ZERO;
  private volatile int limit = Integer.MAX_VALUE;

  // How the provider behaves

  void listLag(Duration lag) {
    listLag = lag;
  }

  void propagation(Duration delay) {
    propagation = delay;
  }

  void limit(int most) {
    limit = most;
  }

  // Accounts

  Account newAccount(String idPrefix, String adminPrefix) {
    Account account = new Account(random(idPrefix, 12), random("id-", 12), random(adminPrefix, 32));
    accounts.put(account.id(), account);
    return account;
  }

  Optional<Account> account(String id) {
    return Optional.ofNullable(accounts.get(id));
  }

  Optional<Account> accountWithAdmin(String adminSecret) {
    return accounts.values().stream()
        .filter(account -> account.adminSecret().equals(adminSecret))
        .findFirst();
  }

  Optional<Account> ownerOf(String value) {
    return Optional.ofNullable(owners.get(value));
  }

  // Keys

  Key issue(Account account, String id, String name, String value) {
    Instant now = Instant.now();
    return add(new Key(id, account, name, value, now, now.plus(propagation), now.plus(FOR_EVER)));
  }

  private Key add(Key key) {
    owners.put(key.value(), key.account());
    keys.add(key);
    return key;
  }

  /** The same key with another value; the old one ends. */
  void replaceValue(Key key, String value) {
    owners.put(value, key.account());
    key.replaceValue(value);
  }

  boolean isFull(Account account) {
    return of(account).size() >= limit;
  }

  boolean remove(Key key) {
    return keys.remove(key);
  }

  /** All keys of an account, oldest first. */
  List<Key> of(Account account) {
    synchronized (keys) {
      return keys.stream().filter(key -> key.account() == account).toList();
    }
  }

  /** Those that a list shows by now. */
  List<Key> listed(Account account) {
    Instant newest = Instant.now().minus(listLag);
    return of(account).stream().filter(key -> !key.created().isAfter(newest)).toList();
  }

  Optional<Key> withId(Account account, String id) {
    return of(account).stream().filter(key -> key.id().equals(id)).findFirst();
  }

  Optional<Key> withValue(String value) {
    synchronized (keys) {
      return keys.stream().filter(key -> key.value().equals(value)).findFirst();
    }
  }

  // Tokens of OAuth2

  String token(String forCredential) {
    String token = random("tok-", 40);
    tokens.put(token, forCredential);
    return token;
  }

  /** The credential that a token was given for, whether that still logs in or not. */
  String credentialOf(String token) {
    return tokens.getOrDefault(token, "");
  }

  String random(String prefix, int length) {
    StringBuilder text = new StringBuilder(prefix);
    random.ints(length, 0, ALPHABET.length()).forEach(index -> text.append(ALPHABET.charAt(index)));
    return text.toString();
  }
}

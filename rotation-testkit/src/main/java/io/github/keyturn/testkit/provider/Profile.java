package io.github.keyturn.testkit.provider;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one provider's API is like. It holds the keys too, so that each server has its own.
 *
 * <p>A profile has only what its definition's documentation speaks of.
 */
abstract class Profile {

  private static final Pattern VARIABLE = Pattern.compile("\\{([a-zA-Z]+)}");

  private final List<Route> routes = new ArrayList<>();
  final Keys keys = new Keys();
  private volatile boolean keysManageKeys;

  private record Route(
      String method, Pattern path, List<String> variables, Function<Call, Reply> answer) {}

  /** A request that a route answers, with the decoded variables of its path. */
  record Match(Map<String, String> variables, Function<Call, Reply> answer) {}

  final void route(String method, String path, Function<Call, Reply> answer) {
    List<String> variables =
        VARIABLE.matcher(path).results().map(variable -> variable.group(1)).toList();
    String pattern = VARIABLE.matcher(path).replaceAll("([^/]+)");
    routes.add(new Route(method, Pattern.compile(pattern), variables, answer));
  }

  final Optional<Match> match(String method, String rawPath) {
    for (Route route : routes) {
      Matcher matcher = route.path().matcher(rawPath);
      if (route.method().equals(method) && matcher.matches()) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < route.variables().size(); i++) {
          variables.put(route.variables().get(i), Call.decode(matcher.group(i + 1)));
        }
        return Optional.of(new Match(variables, route.answer()));
      }
    }
    return Optional.empty();
  }

  /** The account that a request is about, if its login says so. */
  abstract Optional<Account> accountOf(Call call);

  /** A new customer with one key that was made by hand. */
  Account newAccount() {
    Account account = keys.newAccount("acc-", "admin-");
    keys.issue(account, keyId(), "made by hand", keyValue());
    return account;
  }

  /** The id of a new key. */
  String keyId() {
    return keys.random("key-", 16);
  }

  /** The value of a new key. */
  String keyValue() {
    return keys.random("sk-", 40);
  }

  /** The secret that the customer would store for the first key. */
  abstract Map<String, ?> secret(Account account, Key key);

  /** The secret of the credential that manages keys. */
  abstract Map<String, ?> admin(Account account);

  /** Whether this value logs in. */
  boolean accepts(String value) {
    return keys.withValue(value).filter(Key::isAccepted).isPresent();
  }

  /** What tells a key from others in the secret: its id, where the provider has such. */
  String credential(Key key) {
    return key.id();
  }

  // What profiles have in common

  final Optional<Key> keyWith(String value) {
    return keys.withValue(value).filter(Key::isAccepted);
  }

  /** Lets every key manage the keys of its account. */
  final void letKeysManageKeys() {
    keysManageKeys = true;
  }

  /** The account that this credential manages. */
  final Optional<Account> managedWith(String credential) {
    return keys.accountWithAdmin(credential)
        .or(() -> keyWith(credential).filter(key -> keysManageKeys).map(Key::account));
  }

  /** The account whose key or managing credential this is. */
  final Optional<Account> anyAccount(String credential) {
    return managedWith(credential).or(() -> keys.withValue(credential).map(Key::account));
  }
}

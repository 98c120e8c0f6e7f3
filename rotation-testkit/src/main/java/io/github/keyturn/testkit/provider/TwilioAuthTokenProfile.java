package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An account's primary and secondary auth token, each of which is the account's password. The
 * primary token is the oldest key here.
 */
final class TwilioAuthTokenProfile extends Profile {

  TwilioAuthTokenProfile() {
    route("GET", "/2010-04-01/Accounts/{account}.json", call -> loggedIn(call, this::account));
    route("POST", "/v1/AuthTokens/Secondary", call -> loggedIn(call, this::createSecondary));
    route("DELETE", "/v1/AuthTokens/Secondary", call -> loggedIn(call, this::deleteSecondary));
    route("POST", "/v1/AuthTokens/Promote", call -> loggedIn(call, this::promote));
  }

  @Override
  String credential(Key key) {
    return key.value();
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return call.basic().flatMap(login -> keys.ownerOf(login[1]));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("accountSid", account.id(), "authToken", key.value());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of();
  }

  private Reply loggedIn(Call call, Task task) {
    return call.basic()
        .flatMap(
            login ->
                keyWith(login[1])
                    .map(Key::account)
                    .filter(account -> account.id().equals(login[0])))
        .map(task::run)
        .orElseGet(
            () -> Reply.of(401, Map.of("code", 20003, "message", "Authenticate", "status", 401)));
  }

  private synchronized Reply account(Account account) {
    return Reply.of(
        200,
        Map.of(
            "sid",
            account.id(),
            "auth_token",
            keys.of(account).get(0).value(),
            "status",
            "active"));
  }

  private synchronized Reply createSecondary(Account account) {
    if (keys.of(account).size() > 1) {
      return Reply.of(409, Map.of("code", 20409, "message", "Conflict", "status", 409));
    }
    Key key = keys.issue(account, keyId(), "secondary", keys.random("", 32));
    return Reply.of(201, Map.of("account_sid", account.id(), "secondary_auth_token", key.value()));
  }

  private synchronized Reply deleteSecondary(Account account) {
    List<Key> both = keys.of(account);
    if (both.size() < 2) {
      return Reply.of(404, Map.of("code", 20404, "status", 404));
    }
    keys.remove(both.get(1));
    return Reply.of(204);
  }

  private synchronized Reply promote(Account account) {
    List<Key> both = keys.of(account);
    if (both.size() < 2) {
      return Reply.of(404, Map.of("code", 20404, "status", 404));
    }
    keys.remove(both.get(0));
    return Reply.of(200, Map.of("account_sid", account.id(), "auth_token", both.get(1).value()));
  }
}

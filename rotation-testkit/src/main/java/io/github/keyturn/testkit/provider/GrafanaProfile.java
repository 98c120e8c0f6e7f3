package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tokens of a service account, with unique names. */
final class GrafanaProfile extends Profile {

  private static final String TOKENS = "/api/serviceaccounts/{account}/tokens";

  GrafanaProfile() {
    route("GET", "/api/org", this::org);
    route("GET", TOKENS, call -> managed(call, this::list));
    route("POST", TOKENS, call -> managed(call, account -> create(call, account)));
    route("DELETE", TOKENS + "/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return anyAccount(call.authorization("Bearer"));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("token", key.value(), "tokenId", key.id(), "serviceAccountId", account.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("token", account.adminSecret());
  }

  private Reply org(Call call) {
    return keyWith(call.authorization("Bearer")).isPresent()
        ? Reply.of(200, Map.of("id", 1, "name", "Main Org."))
        : unauthorized();
  }

  private Reply managed(Call call, Task task) {
    return managedWith(call.authorization("Bearer"))
        .filter(account -> account.id().equals(call.variable("account")))
        .map(task::run)
        .orElseGet(GrafanaProfile::unauthorized);
  }

  private Reply list(Account account) {
    return Reply.of(
        200,
        keys.listed(account).stream()
            .map(key -> Map.of("id", key.id(), "name", key.name(), "hasExpired", false))
            .toList());
  }

  private Reply create(Call call, Account account) {
    String name = call.json().path("name").asText();
    List<Key> same = keys.of(account).stream().filter(key -> key.name().equals(name)).toList();
    if (!same.isEmpty() || !call.json().path("secondsToLive").isNumber()) {
      return Reply.of(400, Map.of("message", "Invalid request"));
    }
    Key key = keys.issue(account, keyId(), name, keys.random("glsa_", 40));
    return Reply.of(200, Map.of("id", key.id(), "name", name, "key", key.value()));
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(200, Map.of("message", "Service account token deleted"))
        : Reply.of(404, Map.of("message", "Service account token not found"));
  }

  private static Reply unauthorized() {
    return Reply.of(401, Map.of("message", "Unauthorized"));
  }
}

package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** API keys of an organization: at most fifty, with unique names. */
final class DatadogProfile extends Profile {

  private static final int MOST_KEYS = 50;

  DatadogProfile() {
    keys.limit(MOST_KEYS);
    route("GET", "/api/v1/validate", this::validate);
    route("GET", "/api/v2/api_keys", call -> managed(call, account -> list(call, account)));
    route("POST", "/api/v2/api_keys", call -> managed(call, account -> create(call, account)));
    route(
        "DELETE", "/api/v2/api_keys/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return anyAccount(call.header("dd-api-key"))
        .or(() -> managedWith(call.header("dd-application-key")));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("apiKey", key.value(), "apiKeyId", key.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("apiKey", account.adminId(), "appKey", account.adminSecret());
  }

  private Reply validate(Call call) {
    return keyWith(call.header("dd-api-key")).isPresent()
        ? Reply.of(200, Map.of("valid", true))
        : forbidden();
  }

  private Reply managed(Call call, Task task) {
    return managedWith(call.header("dd-application-key"))
        .filter(account -> account.adminId().equals(call.header("dd-api-key")))
        .map(task::run)
        .orElseGet(DatadogProfile::forbidden);
  }

  private Reply list(Call call, Account account) {
    int size = Integer.parseInt(call.query().getOrDefault("page[size]", "10"));
    int page = Integer.parseInt(call.query().getOrDefault("page[number]", "0"));
    return Reply.of(
        200,
        Map.of(
            "data",
            Reply.page(keys.listed(account), page * size, size).stream()
                .map(key -> data(key, Map.of("name", key.name())))
                .toList()));
  }

  private Reply create(Call call, Account account) {
    String name = call.json().at("/data/attributes/name").asText();
    if (keys.of(account).stream().anyMatch(key -> key.name().equals(name))) {
      return Reply.of(409, Map.of("errors", List.of("Conflict")));
    }
    if (keys.isFull(account)) {
      return Reply.of(403, Map.of("errors", List.of("Forbidden")));
    }
    Key key = keys.issue(account, keyId(), name, keys.random("", 32));
    return Reply.of(201, Map.of("data", data(key, Map.of("name", name, "key", key.value()))));
  }

  private static Map<String, ?> data(Key key, Map<String, ?> attributes) {
    return Map.of("type", "api_keys", "id", key.id(), "attributes", attributes);
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(204)
        : Reply.of(404, Map.of("errors", List.of("Not found")));
  }

  private static Reply forbidden() {
    return Reply.of(403, Map.of("errors", List.of("Forbidden")));
  }
}

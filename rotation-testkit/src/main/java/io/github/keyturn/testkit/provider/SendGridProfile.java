package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys under /v3/api_keys; a key with the scopes {@code api_keys.*} manages the others. */
final class SendGridProfile extends Profile {

  private static final int MOST_KEYS = 100;
  private static final List<String> SCOPES = List.of("mail.send");

  SendGridProfile() {
    keys.limit(MOST_KEYS);
    route("GET", "/v3/scopes", this::scopes);
    route("GET", "/v3/api_keys", call -> managed(call, this::list));
    route("POST", "/v3/api_keys", call -> managed(call, account -> create(call, account)));
    route("DELETE", "/v3/api_keys/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return anyAccount(call.authorization("Bearer"));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("apiKey", key.value(), "apiKeyId", key.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("apiKey", account.adminSecret());
  }

  private Reply scopes(Call call) {
    return keyWith(call.authorization("Bearer"))
        .map(key -> Reply.of(200, Map.of("scopes", SCOPES)))
        .orElseGet(() -> error(401, "authorization required"));
  }

  private Reply managed(Call call, Task task) {
    String key = call.authorization("Bearer");
    return managedWith(key)
        .map(task::run)
        .orElseGet(
            () ->
                keyWith(key).isPresent()
                    ? error(403, "access forbidden")
                    : error(401, "authorization required"));
  }

  private Reply list(Account account) {
    return Reply.of(
        200,
        Map.of(
            "result",
            keys.listed(account).stream()
                .map(key -> Map.of("api_key_id", key.id(), "name", key.name()))
                .toList()));
  }

  private Reply create(Call call, Account account) {
    String name = call.json().path("name").asText();
    if (name.isEmpty()) {
      return error(400, "missing required parameter name");
    }
    if (keys.isFull(account)) {
      return error(403, "maximum number of api keys reached");
    }
    Key key = keys.issue(account, keyId(), name, "SG." + keyValue());
    return Reply.of(
        201,
        Map.of("api_key", key.value(), "api_key_id", key.id(), "name", name, "scopes", SCOPES));
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(204)
        : error(404, "unable to find API Key");
  }

  private static Reply error(int status, String message) {
    return Reply.of(status, Map.of("errors", List.of(Map.of("message", message))));
  }
}

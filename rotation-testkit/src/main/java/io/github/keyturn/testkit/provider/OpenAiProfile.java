package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Service accounts of a project, each of which comes with one key. */
final class OpenAiProfile extends Profile {

  private static final String ACCOUNTS = "/v1/organization/projects/{project}/service_accounts";

  OpenAiProfile() {
    route("GET", "/v1/models", this::models);
    route("GET", ACCOUNTS, call -> managed(call, account -> list(call, account)));
    route("POST", ACCOUNTS, call -> managed(call, account -> create(call, account)));
    route("DELETE", ACCOUNTS + "/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return anyAccount(call.authorization("Bearer"));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("apiKey", key.value(), "serviceAccountId", key.id(), "projectId", account.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("adminKey", account.adminSecret());
  }

  private Reply models(Call call) {
    return keyWith(call.authorization("Bearer")).isPresent()
        ? Reply.of(200, Map.of("object", "list", "data", List.of()))
        : error(401, "invalid_api_key");
  }

  private Reply managed(Call call, Task task) {
    return managedWith(call.authorization("Bearer"))
        .filter(account -> account.id().equals(call.variable("project")))
        .map(task::run)
        .orElseGet(() -> error(401, "invalid_api_key"));
  }

  private Reply list(Call call, Account account) {
    int limit = Integer.parseInt(call.query().getOrDefault("limit", "20"));
    List<Key> all = keys.listed(account);
    String after = call.query().getOrDefault("after", "");
    int from = 0;
    for (int i = 0; i < all.size(); i++) {
      from = all.get(i).id().equals(after) ? i + 1 : from;
    }
    List<Key> page = Reply.page(all, from, limit);
    return Reply.of(
        200,
        Reply.object(
            "object",
            "list",
            "data",
            page.stream().map(key -> Map.of("id", key.id(), "name", key.name())).toList(),
            "last_id",
            page.isEmpty() ? null : page.get(page.size() - 1).id(),
            "has_more",
            from + limit < all.size()));
  }

  private Reply create(Call call, Account account) {
    Key key = keys.issue(account, keyId(), call.json().path("name").asText(), keyValue());
    return Reply.of(
        200,
        Map.of(
            "object",
            "organization.project.service_account",
            "id",
            key.id(),
            "name",
            key.name(),
            "api_key",
            Map.of("value", key.value(), "id", "key_" + key.id())));
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(200, Map.of("id", call.variable("id"), "deleted", true))
        : error(404, "not_found");
  }

  private static Reply error(int status, String code) {
    return Reply.of(status, Map.of("error", Map.of("code", code)));
  }
}

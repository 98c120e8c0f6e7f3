package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Account-owned tokens; one with the right to edit tokens manages the others. */
final class CloudflareProfile extends Profile {

  /** One account for all, because the definition has it in a setting of the function. */
  private static final String ACCOUNT = "/client/v4/accounts/{account}/tokens";

  private static final List<Map<String, ?>> POLICIES =
      List.of(
          Map.of(
              "effect",
              "allow",
              "resources",
              Map.of("com.cloudflare.api.account.zone.*", "*"),
              "permission_groups",
              List.of(Map.of("id", "c8fed203ed3043cba015a93ad1616f1f"))));

  CloudflareProfile() {
    route("GET", ACCOUNT + "/verify", this::verify);
    route("GET", ACCOUNT, call -> managed(call, account -> list(call, account)));
    route("POST", ACCOUNT, call -> managed(call, account -> create(call, account)));
    route("GET", ACCOUNT + "/{id}", call -> managed(call, account -> get(call, account)));
    route("DELETE", ACCOUNT + "/{id}", call -> managed(call, account -> delete(call, account)));
    route("PUT", ACCOUNT + "/{id}/value", call -> managed(call, account -> roll(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    String token = call.authorization("Bearer");
    return managedWith(token).or(() -> keys.ownerOf(token));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("token", key.value(), "tokenId", key.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("token", account.adminSecret());
  }

  private Reply verify(Call call) {
    return keyWith(call.authorization("Bearer"))
        .map(key -> ok(Map.of("id", key.id(), "status", "active")))
        .orElseGet(() -> error(401, 1000, "Invalid API Token"));
  }

  private Reply managed(Call call, Task task) {
    return managedWith(call.authorization("Bearer"))
        .map(task::run)
        .orElseGet(() -> error(403, 9109, "Unauthorized to access requested resource"));
  }

  private Reply list(Call call, Account account) {
    int size = Math.min(50, Integer.parseInt(call.query().getOrDefault("per_page", "20")));
    int page = Integer.parseInt(call.query().getOrDefault("page", "1"));
    return ok(
        Reply.page(keys.listed(account), (page - 1) * size, size).stream()
            .map(key -> Map.of("id", key.id(), "name", key.name(), "status", "active"))
            .toList());
  }

  private Reply get(Call call, Account account) {
    return keys.withId(account, call.variable("id"))
        .map(key -> ok(Map.of("id", key.id(), "name", key.name(), "policies", POLICIES)))
        .orElseGet(() -> error(404, 1003, "Token not found"));
  }

  private Reply create(Call call, Account account) {
    if (!call.json().path("policies").isArray() || call.json().path("name").asText().isEmpty()) {
      return error(400, 400, "must have name and policies");
    }
    Key key = keys.issue(account, keyId(), call.json().path("name").asText(), keyValue());
    return ok(Map.of("id", key.id(), "name", key.name(), "status", "active", "value", key.value()));
  }

  private Reply roll(Call call, Account account) {
    Optional<Key> key = keys.withId(account, call.variable("id"));
    key.ifPresent(found -> keys.replaceValue(found, keyValue()));
    return key.map(found -> ok(found.value())).orElseGet(() -> error(404, 1003, "Token not found"));
  }

  private Reply delete(Call call, Account account) {
    Optional<Key> key = keys.withId(account, call.variable("id"));
    return key.filter(keys::remove).isPresent()
        ? ok(Map.of("id", call.variable("id")))
        : error(404, 1003, "Token not found");
  }

  private static Reply ok(Object result) {
    return Reply.of(
        200, Map.of("success", true, "errors", List.of(), "messages", List.of(), "result", result));
  }

  private static Reply error(int status, int code, String message) {
    return Reply.of(
        status,
        Reply.object(
            "success",
            false,
            "errors",
            List.of(Map.of("code", code, "message", message)),
            "messages",
            List.of(),
            "result",
            null));
  }
}

package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Personal access tokens of a group's service account. A revoked token stays listed; to rotate with
 * a revoked token ends all tokens of its account (reuse detection).
 */
final class GitLabProfile extends Profile {

  private static final String TOKENS =
      "/api/v4/groups/{group}/service_accounts/{user}/personal_access_tokens";

  /** Small, so that a few tokens need several pages. */
  private static final int PAGE_SIZE = 2;

  private static final List<String> SCOPES = List.of("read_api");

  GitLabProfile() {
    route("GET", "/api/v4/personal_access_tokens/self", this::self);
    route("POST", "/api/v4/personal_access_tokens/self/rotate", this::rotate);
    route("GET", TOKENS, call -> managed(call, account -> list(call, account)));
    route("POST", TOKENS, call -> managed(call, account -> create(call, account)));
    route("DELETE", TOKENS + "/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  String keyId() {
    // a number in JSON
    return String.valueOf(Math.abs((long) keys.random("", 12).hashCode()) + 1_000_000_000L);
  }

  @Override
  String keyValue() {
    return keys.random("glpat-", 20);
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return managedWith(call.header("private-token"))
        .or(() -> keys.ownerOf(call.header("private-token")));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of(
        "token",
        key.value(),
        "tokenId",
        Long.parseLong(key.id()),
        "groupId",
        345,
        "userId",
        account.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("token", account.adminSecret());
  }

  private Reply self(Call call) {
    return keyWith(call.header("private-token"))
        .map(key -> Reply.of(200, json(key)))
        .orElseGet(GitLabProfile::unauthorized);
  }

  private Reply rotate(Call call) {
    Optional<Key> token = keys.withValue(call.header("private-token"));
    if (token.isEmpty()) {
      return unauthorized();
    }
    if (!token.get().isAccepted()) {
      keys.of(token.get().account()).forEach(Key::deactivate);
      return unauthorized();
    }
    token.get().deactivate();
    Key next = keys.issue(token.get().account(), keyId(), token.get().name(), keyValue());
    return Reply.of(200, with(next));
  }

  private Reply managed(Call call, Task task) {
    Optional<Account> account = managedWith(call.header("private-token"));
    if (account.isEmpty()) {
      return unauthorized();
    }
    return account
        .filter(found -> found.id().equals(call.variable("user")))
        .map(task::run)
        .orElseGet(() -> Reply.of(404, Map.of("message", "404 User Not Found")));
  }

  private Reply list(Call call, Account account) {
    int page = Integer.parseInt(call.query().getOrDefault("page", "1"));
    List<Key> all = keys.listed(account);
    Reply reply =
        Reply.of(
            200,
            Reply.page(all, (page - 1) * PAGE_SIZE, PAGE_SIZE).stream().map(this::json).toList());
    return page * PAGE_SIZE < all.size()
        ? reply.with(
            "Link",
            "<https://gitlab.com/api/v4/x?page=%d>; rel=\"next\", <https://gitlab.com/api/v4/x?page=1>; rel=\"first\""
                .formatted(page + 1))
        : reply;
  }

  private Reply create(Call call, Account account) {
    boolean complete =
        call.json().path("scopes").isArray()
            && call.json().path("expires_at").asText().matches("\\d{4}-\\d\\d-\\d\\d");
    if (!complete) {
      return Reply.of(400, Map.of("error", "scopes is missing"));
    }
    Key key = keys.issue(account, keyId(), call.json().path("name").asText(), keyValue());
    return Reply.of(201, with(key));
  }

  private Map<String, ?> with(Key key) {
    Map<String, Object> json = new java.util.HashMap<>(json(key));
    json.put("token", key.value());
    return json;
  }

  private Map<String, ?> json(Key key) {
    return Map.of(
        "id",
        Long.parseLong(key.id()),
        "name",
        key.name(),
        "revoked",
        !key.isActive(),
        "active",
        key.isActive(),
        "scopes",
        SCOPES,
        "user_id",
        key.account().id());
  }

  private Reply delete(Call call, Account account) {
    Optional<Key> key = keys.withId(account, call.variable("id"));
    key.ifPresent(Key::deactivate);
    return key.isPresent() ? Reply.of(204) : Reply.of(404, Map.of("message", "404 Not Found"));
  }

  private static Reply unauthorized() {
    return Reply.of(401, Map.of("message", "401 Unauthorized"));
  }
}

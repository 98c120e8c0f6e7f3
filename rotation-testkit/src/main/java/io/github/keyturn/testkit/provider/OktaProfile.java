package io.github.keyturn.testkit.provider;

import java.util.Map;
import java.util.Optional;

/** Client secrets of an application: at most two, and only an inactive one can be deleted. */
final class OktaProfile extends Profile {

  private static final int MOST_SECRETS = 2;
  private static final String SECRETS = "/api/v1/apps/{app}/credentials/secrets";

  OktaProfile() {
    keys.limit(MOST_SECRETS);
    route("POST", "/oauth2/{server}/v1/token", this::token);
    route("GET", SECRETS, call -> managed(call, this::list));
    route("POST", SECRETS, call -> managed(call, account -> create(call, account)));
    route(
        "POST",
        SECRETS + "/{id}/lifecycle/deactivate",
        call -> managed(call, account -> deactivate(call, account)));
    route("DELETE", SECRETS + "/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  String credential(Key key) {
    return key.value();
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return managedWith(call.authorization("SSWS"))
        .or(() -> keys.ownerOf(call.form().getOrDefault("client_secret", "")));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("clientId", account.id(), "clientSecret", key.value());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("apiToken", account.adminSecret());
  }

  private Reply token(Call call) {
    boolean accepted =
        keyWith(call.form().getOrDefault("client_secret", ""))
            .filter(key -> key.account().id().equals(call.form().get("client_id")))
            .isPresent();
    return accepted
        ? Reply.of(200, Map.of("token_type", "Bearer", "access_token", keys.token("x")))
        : Reply.of(401, Map.of("error", "invalid_client"));
  }

  private Reply managed(Call call, Task task) {
    Optional<Account> account = managedWith(call.authorization("SSWS"));
    if (account.isEmpty()) {
      return error(401, "E0000011");
    }
    return account
        .filter(found -> found.id().equals(call.variable("app")))
        .map(task::run)
        .orElseGet(() -> error(404, "E0000007"));
  }

  private Reply list(Account account) {
    return Reply.of(200, keys.listed(account).stream().map(OktaProfile::json).toList());
  }

  private static Map<String, ?> json(Key key) {
    return Map.of(
        "id",
        key.id(),
        "client_secret",
        key.value(),
        "status",
        key.isActive() ? "ACTIVE" : "INACTIVE",
        "created",
        key.created().toString());
  }

  private synchronized Reply create(Call call, Account account) {
    if (keys.isFull(account)) {
      return error(400, "E0000001");
    }
    String value = call.json().path("client_secret").asText();
    return Reply.of(201, json(keys.issue(account, keyId(), "", value)));
  }

  private Reply deactivate(Call call, Account account) {
    Optional<Key> key = keys.withId(account, call.variable("id"));
    key.ifPresent(Key::deactivate);
    return key.map(found -> Reply.of(200, json(found))).orElseGet(() -> error(404, "E0000007"));
  }

  private Reply delete(Call call, Account account) {
    Optional<Key> key = keys.withId(account, call.variable("id"));
    if (key.isEmpty()) {
      return error(404, "E0000007");
    }
    if (key.get().isActive()) {
      return error(400, "E0000001");
    }
    keys.remove(key.get());
    return Reply.of(204);
  }

  private static Reply error(int status, String code) {
    return Reply.of(status, Map.of("errorCode", code, "errorSummary", "not possible"));
  }
}

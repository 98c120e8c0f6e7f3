package io.github.keyturn.testkit.provider;

import java.util.Map;
import java.util.Optional;

/** The client secret of an application; another one, with the Management API, replaces it. */
final class Auth0Profile extends Profile {

  Auth0Profile() {
    route("POST", "/oauth/token", this::token);
    route("PATCH", "/api/v2/clients/{id}", this::update);
  }

  @Override
  String credential(Key key) {
    return key.value();
  }

  @Override
  Optional<Account> accountOf(Call call) {
    String secret = call.form().getOrDefault("client_secret", "");
    return managedWith(secret)
        .or(() -> keys.ownerOf(secret))
        .or(() -> managedWith(keys.credentialOf(call.authorization("Bearer"))));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("clientId", account.id(), "clientSecret", key.value());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("clientId", account.adminId(), "clientSecret", account.adminSecret());
  }

  private Reply token(Call call) {
    String id = call.form().getOrDefault("client_id", "");
    String secret = call.form().getOrDefault("client_secret", "");
    boolean accepted =
        keyWith(secret).filter(key -> key.account().id().equals(id)).isPresent()
            || managedWith(secret).filter(account -> account.adminId().equals(id)).isPresent();
    return accepted && "client_credentials".equals(call.form().get("grant_type"))
        ? Reply.of(200, Map.of("access_token", keys.token(secret), "token_type", "Bearer"))
        : Reply.of(401, Map.of("error", "access_denied", "error_description", "Unauthorized"));
  }

  private Reply update(Call call) {
    Optional<Account> account = managedWith(keys.credentialOf(call.authorization("Bearer")));
    if (account.isEmpty()) {
      return Reply.of(401, Map.of("statusCode", 401, "error", "Unauthorized"));
    }
    if (!account.get().id().equals(call.variable("id"))) {
      return Reply.of(404, Map.of("statusCode", 404, "error", "Not Found"));
    }
    Key key = keys.of(account.get()).get(0);
    keys.replaceValue(key, call.json().path("client_secret").asText());
    return Reply.of(200, Map.of("client_id", account.get().id()));
  }
}

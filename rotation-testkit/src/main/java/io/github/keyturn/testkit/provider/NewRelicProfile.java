package io.github.keyturn.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ingest keys over GraphQL: errors come with status 200. */
final class NewRelicProfile extends Profile {

  NewRelicProfile() {
    route("POST", "/graphql", this::graphql);
    route("POST", "/log/v1", this::log);
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return anyAccount(call.header("api-key"));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("licenseKey", key.value(), "keyId", key.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("userKey", account.adminSecret());
  }

  private Reply log(Call call) {
    return keyWith(call.header("api-key")).isPresent() ? Reply.of(202) : Reply.of(403);
  }

  private Reply graphql(Call call) {
    Optional<Account> account = managedWith(call.header("api-key"));
    String query = call.json().path("query").asText();
    JsonNode variables = call.json().path("variables");
    if (account.isEmpty()) {
      return error("Invalid API key");
    }
    if (query.contains("apiAccessCreateKeys")) {
      return create(account.get(), variables);
    }
    if (query.contains("apiAccessDeleteKeys")) {
      return delete(account.get(), variables.path("id").asText());
    }
    return Reply.of(
        200,
        Map.of(
            "data",
            Map.of(
                "actor",
                Map.of(
                    "apiAccess",
                    Map.of(
                        "keySearch",
                        Map.of(
                            "keys",
                            keys.listed(account.get()).stream()
                                .map(key -> Map.of("id", key.id(), "name", key.name()))
                                .toList()))))));
  }

  private Reply create(Account account, JsonNode variables) {
    if (!variables.path("account").isInt()) {
      return error("Variable account of type Int! was provided invalid value");
    }
    Key key = keys.issue(account, keyId(), variables.path("name").asText(), keyValue());
    return Reply.of(
        200,
        Map.of(
            "data",
            Map.of(
                "apiAccessCreateKeys",
                Map.of(
                    "createdKeys",
                    List.of(Map.of("id", key.id(), "key", key.value())),
                    "errors",
                    List.of()))));
  }

  private Reply delete(Account account, String id) {
    keys.withId(account, id).ifPresent(keys::remove);
    return Reply.of(
        200,
        Map.of(
            "data",
            Map.of("apiAccessDeleteKeys", Map.of("deletedKeys", List.of(Map.of("id", id))))));
  }

  private static Reply error(String message) {
    return Reply.of(200, Map.of("errors", List.of(Map.of("message", message))));
  }
}

package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** API keys of a service account; creation is accepted (202) and takes a while to be everywhere. */
final class ConfluentCloudProfile extends Profile {

  /** Small, so that a few keys need several pages. */
  private static final int PAGE_SIZE = 2;

  ConfluentCloudProfile() {
    route("GET", "/org/v2/environments", this::environments);
    route("GET", "/iam/v2/api-keys", call -> managed(call, account -> list(call, account)));
    route("POST", "/iam/v2/api-keys", call -> managed(call, account -> create(call, account)));
    route("GET", "/iam/v2/api-keys/{id}", call -> managed(call, account -> get(call, account)));
    route(
        "DELETE", "/iam/v2/api-keys/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return call.basic().flatMap(login -> anyAccount(login[1]));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("apiKey", key.id(), "apiSecret", key.value(), "serviceAccountId", account.id());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("apiKey", account.adminId(), "apiSecret", account.adminSecret());
  }

  private Reply environments(Call call) {
    boolean accepted =
        call.basic()
            .filter(login -> keyWith(login[1]).filter(key -> key.id().equals(login[0])).isPresent())
            .isPresent();
    return accepted ? Reply.of(200, Map.of("data", List.of())) : unauthorized();
  }

  private Reply managed(Call call, Task task) {
    return call.basic()
        .flatMap(
            login -> managedWith(login[1]).filter(account -> account.adminId().equals(login[0])))
        .map(task::run)
        .orElseGet(ConfluentCloudProfile::unauthorized);
  }

  private Reply list(Call call, Account account) {
    int from = Integer.parseInt(call.query().getOrDefault("page_token", "0"));
    List<Key> all =
        account.id().equals(call.query().get("spec.owner")) ? keys.listed(account) : List.of();
    String next =
        "https://api.confluent.cloud/iam/v2/api-keys?spec.owner=%s&page_token=%d"
            .formatted(account.id(), from + PAGE_SIZE);
    return Reply.of(
        200,
        Map.of(
            "data",
            Reply.page(all, from, PAGE_SIZE).stream()
                .map(key -> Map.of("id", key.id(), "spec", Map.of("display_name", key.name())))
                .toList(),
            "metadata",
            from + PAGE_SIZE < all.size() ? Map.of("next", next) : Map.of()));
  }

  private Reply get(Call call, Account account) {
    return keys.withId(account, call.variable("id"))
        .map(
            key ->
                Reply.of(
                    200,
                    Map.of(
                        "id",
                        key.id(),
                        "spec",
                        Map.of("display_name", key.name(), "owner", Map.of("id", account.id())))))
        .orElseGet(() -> error(404, "resource_not_found"));
  }

  private Reply create(Call call, Account account) {
    if (!account.id().equals(call.json().at("/spec/owner/id").asText())) {
      return error(403, "forbidden_access");
    }
    Key key =
        keys.issue(account, keyId(), call.json().at("/spec/display_name").asText(), keyValue());
    return Reply.of(
        202,
        Map.of("id", key.id(), "spec", Map.of("secret", key.value(), "display_name", key.name())));
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(204)
        : error(404, "resource_not_found");
  }

  private static Reply unauthorized() {
    return error(401, "user_unauthorized");
  }

  private static Reply error(int status, String code) {
    return Reply.of(
        status, Map.of("errors", List.of(Map.of("status", String.valueOf(status), "code", code))));
  }
}

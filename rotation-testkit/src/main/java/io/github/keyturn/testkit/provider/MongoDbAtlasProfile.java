package io.github.keyturn.testkit.provider;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets of an organization's service account. They have no names, and a new one lets the others
 * live for seven days more at most.
 */
final class MongoDbAtlasProfile extends Profile {

  private static final Duration GRACE = Duration.ofDays(7);
  private static final String ACCOUNT = "/api/atlas/v2/orgs/{org}/serviceAccounts/{client}";
  private static final String ORG = "5f0c0000000000000000aaaa";

  MongoDbAtlasProfile() {
    route("POST", "/api/oauth/token", this::token);
    route("GET", "/api/atlas/v2/orgs/{org}", this::org);
    route("GET", ACCOUNT, call -> managed(call, this::get));
    route("POST", ACCOUNT + "/secrets", call -> managed(call, account -> create(call, account)));
    route(
        "DELETE",
        ACCOUNT + "/secrets/{id}",
        call -> managed(call, account -> delete(call, account)));
  }

  @Override
  Optional<Account> accountOf(Call call) {
    String bearer = keys.credentialOf(call.authorization("Bearer"));
    return call.basic().map(login -> login[1]).or(() -> Optional.of(bearer)).flatMap(this::owner);
  }

  private Optional<Account> owner(String credential) {
    return managedWith(credential).or(() -> keys.ownerOf(credential));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of(
        "clientId",
        account.id(),
        "clientSecret",
        key.value(),
        "clientSecretId",
        key.id(),
        "orgId",
        ORG);
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("clientId", account.adminId(), "clientSecret", account.adminSecret());
  }

  private Reply token(Call call) {
    boolean accepted =
        call.basic()
            .filter(
                login ->
                    keyWith(login[1]).filter(key -> key.account().id().equals(login[0])).isPresent()
                        || managedWith(login[1])
                            .filter(account -> account.adminId().equals(login[0]))
                            .isPresent())
            .isPresent();
    return accepted
        ? Reply.of(
            200,
            Map.of("access_token", keys.token(call.basic().orElseThrow()[1]), "expires_in", 3600))
        : Reply.of(401, Map.of("error", "invalid_client"));
  }

  private Reply org(Call call) {
    return owner(keys.credentialOf(call.authorization("Bearer"))).isPresent()
        ? Reply.of(200, Map.of("id", ORG))
        : error(401, "UNAUTHORIZED");
  }

  private Reply managed(Call call, Task task) {
    Optional<Account> account = managedWith(keys.credentialOf(call.authorization("Bearer")));
    if (account.isEmpty()) {
      return error(401, "UNAUTHORIZED");
    }
    if (!call.header("accept").matches("application/vnd\\.atlas\\.\\d{4}-\\d\\d-\\d\\d\\+json")) {
      return error(406, "INVALID_VERSION_DATE");
    }
    return account
        .filter(found -> found.id().equals(call.variable("client")))
        .map(task::run)
        .orElseGet(() -> error(404, "SERVICE_ACCOUNT_NOT_FOUND"));
  }

  private Reply get(Account account) {
    return Reply.of(
        200,
        Map.of(
            "clientId",
            account.id(),
            "secrets",
            keys.listed(account).stream()
                .map(
                    key ->
                        Map.of(
                            "id",
                            key.id(),
                            "expiresAt",
                            key.expires().toString(),
                            "maskedSecretValue",
                            "mdb_sa_sk_..."))
                .toList()));
  }

  private Reply create(Call call, Account account) {
    int hours = call.json().path("secretExpiresAfterHours").asInt();
    if (hours < 8 || hours > 8760) {
      return error(400, "INVALID_ATTRIBUTE");
    }
    Instant now = Instant.now();
    keys.of(account).forEach(key -> key.expireAt(now.plus(GRACE)));
    Key key = keys.issue(account, keyId(), "", keys.random("mdb_sa_sk_", 40));
    key.expireAt(now.plus(Duration.ofHours(hours)));
    return Reply.of(201, Map.of("id", key.id(), "secret", key.value()));
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(204)
        : error(404, "SERVICE_ACCOUNT_SECRET_NOT_FOUND");
  }

  private static Reply error(int status, String code) {
    return Reply.of(status, Map.of("error", status, "errorCode", code));
  }
}

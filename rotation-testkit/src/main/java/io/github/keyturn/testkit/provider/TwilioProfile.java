package io.github.keyturn.testkit.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys under iam.twilio.com/v1/Keys, managed with the account's SID and auth token. A standard key
 * reaches everything but keys and accounts.
 */
final class TwilioProfile extends Profile {

  private static final int LONGEST_NAME = 64;

  /** Small, so that a few keys need several pages. */
  private static final int PAGE_SIZE = 2;

  TwilioProfile() {
    route("GET", "/2010-04-01/Accounts/{account}/Messages.json", this::messages);
    route("GET", "/v1/Keys", call -> managed(call, account -> list(call, account)));
    route("POST", "/v1/Keys", call -> managed(call, account -> create(call, account)));
    route("DELETE", "/v1/Keys/{id}", call -> managed(call, account -> delete(call, account)));
  }

  @Override
  String keyId() {
    return keys.random("SK", 32);
  }

  @Override
  Optional<Account> accountOf(Call call) {
    return call.basic().flatMap(login -> anyAccount(login[1]));
  }

  @Override
  Map<String, ?> secret(Account account, Key key) {
    return Map.of("accountSid", account.id(), "apiKeySid", key.id(), "apiKeySecret", key.value());
  }

  @Override
  Map<String, ?> admin(Account account) {
    return Map.of("accountSid", account.id(), "authToken", account.adminSecret());
  }

  private Reply messages(Call call) {
    boolean accepted =
        call.basic()
            .filter(login -> keyWith(login[1]).filter(key -> isOf(key, login, call)).isPresent())
            .isPresent();
    return accepted ? Reply.of(200, Map.of("messages", List.of())) : unauthorized();
  }

  private static boolean isOf(Key key, String[] login, Call call) {
    return key.id().equals(login[0]) && key.account().id().equals(call.variable("account"));
  }

  private Reply managed(Call call, Task task) {
    return call.basic()
        .flatMap(login -> managedWith(login[1]).filter(account -> account.id().equals(login[0])))
        .map(task::run)
        .orElseGet(TwilioProfile::unauthorized);
  }

  private Reply list(Call call, Account account) {
    int page = Integer.parseInt(call.query().getOrDefault("Page", "0"));
    List<Key> all = keys.listed(account);
    String next =
        "https://iam.twilio.com/v1/Keys?AccountSid=%s&PageSize=%d&Page=%d&PageToken=PT%d"
            .formatted(account.id(), PAGE_SIZE, page + 1, page + 1);
    return Reply.of(
        200,
        Map.of(
            "keys",
            Reply.page(all, page * PAGE_SIZE, PAGE_SIZE).stream()
                .map(key -> Map.of("sid", key.id(), "friendly_name", key.name()))
                .toList(),
            "meta",
            Reply.object(
                "key",
                "keys",
                "next_page_url",
                (page + 1) * PAGE_SIZE < all.size() ? next : null)));
  }

  private Reply create(Call call, Account account) {
    String name = call.form().getOrDefault("FriendlyName", "");
    if (name.length() > LONGEST_NAME || !account.id().equals(call.form().get("AccountSid"))) {
      return Reply.of(400, Map.of("code", 20001, "message", "Invalid parameter", "status", 400));
    }
    Key key = keys.issue(account, keyId(), name, keys.random("", 32));
    return Reply.of(201, Map.of("sid", key.id(), "friendly_name", name, "secret", key.value()));
  }

  private Reply delete(Call call, Account account) {
    return keys.withId(account, call.variable("id")).filter(keys::remove).isPresent()
        ? Reply.of(204)
        : Reply.of(404, Map.of("code", 20404, "status", 404));
  }

  private static Reply unauthorized() {
    return Reply.of(401, Map.of("code", 20003, "message", "Authenticate", "status", 401));
  }
}

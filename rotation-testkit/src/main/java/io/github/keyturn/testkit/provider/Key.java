package io.github.keyturn.testkit.provider;

import java.time.Instant;

/** A key that the provider has issued, or accepted. */
final class Key {

  private final String id;
  private final Account account;
  private final String name;
  private final Instant created;
  private final Instant acceptedFrom;
  private volatile String value;
  private volatile boolean active = true;
  private volatile Instant expires;

  Key(
      String id,
      Account account,
      String name,
      String value,
      Instant created,
      Instant acceptedFrom,
      Instant expires) {
    this.id = id;
    this.account = account;
    this.name = name;
    this.value = value;
    this.created = created;
    this.acceptedFrom = acceptedFrom;
    this.expires = expires;
  }

  String id() {
    return id;
  }

  Account account() {
    return account;
  }

  String name() {
    return name;
  }

  String value() {
    return value;
  }

  Instant created() {
    return created;
  }

  Instant expires() {
    return expires;
  }

  boolean isActive() {
    return active;
  }

  /** Whether it logs in. */
  boolean isAccepted() {
    Instant now = Instant.now();
    return active && !now.isBefore(acceptedFrom) && now.isBefore(expires);
  }

  /** Whether it logs in now or will do so. */
  boolean isLive() {
    return active && Instant.now().isBefore(expires);
  }

  void deactivate() {
    active = false;
  }

  void replaceValue(String newValue) {
    value = newValue;
  }

  /** Lets it end at this time, unless it ends earlier anyway. */
  void expireAt(Instant end) {
    expires = end.isBefore(expires) ? end : expires;
  }
}

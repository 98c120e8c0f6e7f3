package io.github.keyturn.testkit.provider;

/** A customer of the provider: an id, a credential that manages keys, and whether it is served. */
public final class Account {

  private final String id;
  private final String adminId;
  private final String adminSecret;
  private volatile boolean outOfOrder;

  Account(String id, String adminId, String adminSecret) {
    this.id = id;
    this.adminId = adminId;
    this.adminSecret = adminSecret;
  }

  String id() {
    return id;
  }

  String adminId() {
    return adminId;
  }

  String adminSecret() {
    return adminSecret;
  }

  boolean isOutOfOrder() {
    return outOfOrder;
  }

  /** Whether every request of this account is answered with 503. */
  public void outOfOrder(boolean newOutOfOrder) {
    outOfOrder = newOutOfOrder;
  }
}

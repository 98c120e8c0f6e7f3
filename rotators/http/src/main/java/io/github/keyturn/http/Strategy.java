package io.github.keyturn.http;

/** How a provider's keys are replaced. */
enum Strategy {
  /** A new key is issued, and the old one revoked later. */
  ISSUE("a new key is issued, and the old one is revoked later"),
  /** We choose the value, and the provider is told. */
  CLIENT_CHOSEN("the value is chosen here, stored, and then brought to the provider"),
  /** A secondary key is issued, and promoted when the primary one shall end. */
  TWO_SLOT("a secondary key is issued, and promoted when the primary one ends"),
  /** A new key is issued, and from then on the old one has a while to live. */
  GRACE("a new key is issued, and the provider ends the old one after a while"),
  /** The new value ends the old one at once. */
  SWAP("the key gets a new value, which ends the old one at once");

  private final String words;

  Strategy(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}

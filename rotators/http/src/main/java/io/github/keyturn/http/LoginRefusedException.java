package io.github.keyturn.http;

/** The provider refuses a login; for the rotated secret's own that is an answer, and no failure. */
final class LoginRefusedException extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean ofAdmin;

  LoginRefusedException(String message, boolean ofAdmin) {
    super(message);
    this.ofAdmin = ofAdmin;
  }

  /** Whether it is the superuser secret's login. */
  boolean isOfAdmin() {
    return ofAdmin;
  }

  String problem() {
    return String.valueOf(getMessage());
  }
}

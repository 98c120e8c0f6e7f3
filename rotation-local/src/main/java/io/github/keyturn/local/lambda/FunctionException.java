package io.github.keyturn.local.lambda;

/** A function has failed; the message is its error type and its error message. */
public final class FunctionException extends Exception {

  private static final long serialVersionUID = 1;

  FunctionException(String errorType, String errorMessage) {
    super(errorType + ": " + errorMessage);
  }
}

package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.FAILED;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.THROTTLED;

import io.github.keyturn.RotationException;

/**
 * Says what a provider's answer lacks. Of the answer itself a message has the status and, if the
 * definition names its place, a code; never a text, which could quote a key.
 */
record ProviderErrors(ProviderDefinition definition) {

  /** Words or a number, so that hardly any key looks like it. */
  private static final String CODE = "[A-Za-z][A-Za-z_.-]{0,39}|-?[0-9]{1,6}";

  RotationException unexpected(Operation operation, Answer answer, Values values) {
    String what =
        "%s was answered with %d%s; expected was %s"
            .formatted(operation, answer.status(), code(answer), operation.expect().statuses());
    int status = answer.status();
    if (status == 401 || status == 403) {
      return new RotationException(
          PRIVILEGE,
          what
              + "; the %s lacks a right, or the provider refuses it"
                  .formatted(operation.needsAdmin() ? "superuser secret's key" : "secret's key"));
    }
    if (status == 429) {
      return new RotationException(THROTTLED, what + "; Secrets Manager will retry the rotation");
    }
    if (status >= 300 && status < 400) {
      return new RotationException(
          MISCONFIGURED,
          what + "; redirects are not followed: put the final URL into the definition");
    }
    if (operation.expect().statuses().contains(status)) {
      return new RotationException(FAILED, what + " with " + lacking(operation, answer, values));
    }
    return new RotationException(
        FAILED,
        what
            + (status >= 500
                ? "; Secrets Manager will retry the rotation"
                : "; look the status up in the provider's documentation"));
  }

  private static String lacking(Operation operation, Answer answer, Values values) {
    Object json = answer.json().orElse(null);
    return operation.expect().json().stream()
        .filter(condition -> !condition.holds(json, values))
        .findFirst()
        .map(Condition::toString)
        .orElse("another answer");
  }

  RotationException without(Operation operation, Answer answer, String expected) {
    return new RotationException(
        FAILED,
        "%s was answered with %d and %s, without %s; correct the definition if the provider's documentation says so"
            .formatted(
                operation,
                answer.status(),
                answer.json().isPresent() ? "JSON" : "something that is not JSON",
                expected));
  }

  LoginRefusedException refused(Operation operation, boolean ofAdmin) {
    return new LoginRefusedException(operation + " was answered with 401", ofAdmin);
  }

  LoginRefusedException refusedToken(String what, boolean ofAdmin) {
    return new LoginRefusedException(what + " was refused", ofAdmin);
  }

  RotationException noToken(String what, Answer answer) {
    return new RotationException(
        answer.status() == 429 ? THROTTLED : answer.status() == 403 ? PRIVILEGE : FAILED,
        "%s was answered with %d%s, without an access_token that a header can carry"
            .formatted(what, answer.status(), code(answer)));
  }

  private String code(Answer answer) {
    return definition
        .errorCode()
        .flatMap(pointer -> answer.json().map(pointer::find))
        .map(Object::toString)
        .filter(code -> code.matches(CODE))
        .map(" (%s)"::formatted)
        .orElse("");
  }
}

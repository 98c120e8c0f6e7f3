package io.github.keyturn;

import org.jspecify.annotations.Nullable;

/**
 * Why a step failed. The message says what was expected, what was found and what to do next;
 * neither it nor its causes hold a secret value once it has left the {@link RotationHandler}.
 */
public final class RotationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** What kind of trouble it is, and so who has to do something. */
  public enum Reason {
    /** The event, the secret, a setting or the target's set-up is not as it must be. */
    MISCONFIGURED,
    /** The target refuses every credential that we have. */
    REJECTED,
    /** A peer can't be reached, or does not answer in time. */
    NETWORK,
    /** The TLS handshake failed: certificate, host name, or no TLS at the peer. */
    TLS,
    /** A right is missing, in IAM, in KMS or at the target. */
    PRIVILEGE,
    /** The target refuses the new value by a rule of its own; a new token gets a new value. */
    POLICY,
    /** Somebody else changed the same thing at the same time. */
    CONFLICT,
    /** A peer is too busy for us. */
    THROTTLED,
    /** Anything else. */
    FAILED
  }

  private final Reason reason;

  /** A failure without a cause worth keeping. */
  public RotationException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** A failure with its cause; the framework redacts the cause before it is seen. */
  public RotationException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of trouble it is. */
  public Reason reason() {
    return reason;
  }

  /** What went wrong, without the reason in front. */
  String problem() {
    return String.valueOf(super.getMessage());
  }

  /**
   * The reason and what went wrong: Lambda shows nothing else of an exception to Secrets Manager.
   */
  @Override
  public String getMessage() {
    return reason + ": " + problem();
  }
}

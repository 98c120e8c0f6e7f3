package io.github.keyturn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rotation that a {@link Rotator} is called for. */
public final class Rotation {

  private final RotationSteps steps;

  Rotation(RotationSteps steps) {
    this.steps = steps;
  }

  /** The ARN of the secret, as the event gave it. */
  public String secretId() {
    return steps.secretId();
  }

  /**
   * The ClientRequestToken: 32 to 64 characters, the same over all steps and retries of one
   * rotation. It is no secret, and so a label for what the target issues.
   */
  public String token() {
    return steps.token();
  }

  /** A new password of the kind that {@link PasswordPolicy} asks for. */
  public Secret newPassword() {
    return steps.newPassword();
  }

  /** The time until this step should be over, with enough left to report a failure. */
  public Duration timeLeft() {
    return steps.timeLeft();
  }

  /**
   * A value that the target has just issued, as a secret: from here on it is taken out of logs and
   * failures.
   */
  public Secret issued(String value) {
    return steps.issued(value);
  }

  /**
   * The value of AWSCURRENT, for a target that keeps it beside the new one whichever authority
   * brings that (step {@code setSecret}).
   */
  public SecretDocument current() {
    return steps.current();
  }

  /**
   * Whether this is the value of AWSCURRENT, which works for clients now and must go on working
   * (step {@code setSecret}).
   */
  public boolean isCurrent(SecretDocument value) {
    return steps.isCurrent(value);
  }

  /**
   * Says why the target refuses a value, or why an authority can't be used, beyond a wrong
   * password; it is logged, and in {@link Rotator#set} it is part of the failure if no authority
   * can be used.
   *
   * @return {@link Verdict#REJECTED}
   */
  public Verdict refuse(String why) {
    return steps.refuse(why);
  }

  /** Adds a line to the function's log; secret values are taken out. */
  public void log(String message) {
    steps.log(message);
  }

  /**
   * Lends the superuser secret, once the target has accepted the owner's own login: who can't log
   * in as the secret's user gets nothing changed by a superuser.
   *
   * @param owner the authority's login, at the place that {@code pending} names: the authority may
   *     be an older version that names another one
   * @return what the action says; {@link Verdict#REJECTED} when the target refuses the owner, and
   *     the action did not run
   * @throws RotationException MISCONFIGURED when neither {@code SUPERUSER_SECRET_ARN} nor the
   *     secret's {@code masterarn} names a superuser secret, or when they name different ones
   * @throws Exception as the action threw it
   */
  public Verdict asSuperuser(SecretDocument owner, Superuser.Action action) throws Exception {
    return steps.asSuperuser(owner, action);
  }

  /**
   * Lends the superuser secret although nobody has logged in as the owner, for a target whose only
   * working value can get lost, and only where the function's operator has said that it may be:
   * whoever may write the secret has the superuser act on what the secret names.
   *
   * @param secret the value that may name the superuser secret
   * @return what the action says
   * @throws RotationException MISCONFIGURED as in {@link #asSuperuser}
   * @throws Exception as the action threw it
   */
  public Verdict asSuperuserWithoutOwner(SecretDocument secret, Superuser.Action action)
      throws Exception {
    return steps.asSuperuserWithoutOwner(secret, action);
  }

  // For rotators that clean up after rotations that died or were given up

  /**
   * The staging labels by version id, as they are at this moment; versions without a label are not
   * among them.
   */
  public Map<String, Set<String>> labels() {
    return steps.labels();
  }

  /**
   * The ids of all versions that Secrets Manager still has, newest first. Without the right to list
   * them, those with a label.
   */
  public List<String> history() {
    return steps.history();
  }

  /** The value of a version, as it is at this moment, if it has one that can be read. */
  public Optional<SecretDocument> version(String versionId) {
    return steps.readOlder(versionId);
  }
}

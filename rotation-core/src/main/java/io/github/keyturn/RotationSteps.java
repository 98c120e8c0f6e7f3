package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.CONFLICT;
import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;
import static io.github.keyturn.RotationException.Reason.PRIVILEGE;
import static io.github.keyturn.RotationException.Reason.REJECTED;
import static io.github.keyturn.StagingLabels.AWSCURRENT;
import static io.github.keyturn.StagingLabels.AWSPENDING;
import static io.github.keyturn.StagingLabels.AWSPREVIOUS;

import io.github.keyturn.SecretStore.PutOutcome;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The four steps of a rotation, for one invocation. */
final class RotationSteps {

  /** What says where a credential lives; a rotator compares what is its own, such as user names. */
  private static final List<String> TARGET_FIELDS =
      List.of(
          "engine",
          "host",
          "port",
          "dbname",
          "nodes",
          "sentinels",
          "sentinelmaster",
          "url",
          "masterarn",
          "dbInstanceIdentifier",
          "dbClusterIdentifier");

  /** A read just after a write may not see it; in practice it does within a second or two. */
  private static final Duration CONSISTENCY_PATIENCE = Duration.ofSeconds(5);

  /** Shorter, since here the usual reason is a late delivery, which no waiting helps. */
  private static final Duration LABEL_PATIENCE = Duration.ofSeconds(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** Each probe of a refused value is a failed login, so there are few of them. */
  private static final Duration FIRST_SETTLE_PAUSE = Duration.ofMillis(250);

  /** What a step did, for the log. */
  enum Outcome {
    /** It changed something. */
    APPLIED,
    /** An earlier delivery had done it. */
    NOOP,
    /** It got in with another version than AWSCURRENT: an earlier rotation had died on its way. */
    RECOVERED
  }

  private final RotationRequest request;
  private final Rotator rotator;
  private final RotationSettings settings;
  private final SecretStore store;
  private final ProvenVersion proven;
  private final Redactor redactor;
  private final Deadline deadline;
  private final StepLog log;
  private final Rotation rotation = new Rotation(this);
  private @Nullable SecretDocument current;
  private @Nullable String refusal;

  RotationSteps(
      RotationRequest request,
      Rotator rotator,
      RotationSettings settings,
      SecretStore store,
      ProvenVersion proven,
      Redactor redactor,
      Deadline deadline,
      StepLog log) {
    this.request = request;
    this.rotator = rotator;
    this.settings = settings;
    this.store = store.until(deadline.instant());
    this.proven = proven;
    this.redactor = redactor;
    this.deadline = deadline;
    this.log = log;
  }

  Outcome run() throws Exception {
    return switch (request.step()) {
      case CREATE -> createSecret();
      case SET -> setSecret();
      case TEST -> testSecret();
      case FINISH -> finishSecret();
    };
  }

  private Outcome createSecret() throws Exception {
    SecretDescription secret = describe();
    if (secret.rotation() == SecretDescription.Rotation.DISABLED) {
      throw misconfigured(
          "rotation is switched off for this secret; switch it on with RotateSecret, which also"
              + " starts a rotation");
    }
    secret = awaitLabel(secret);
    if (secret.labelled(token(), AWSCURRENT)) {
      return Outcome.NOOP;
    }
    if (store.readPending(secretId(), token()).isPresent()) {
      return Outcome.NOOP;
    }
    current = document(readLabelled(secret, AWSCURRENT), AWSCURRENT);
    if (rotator instanceof OverlappingRotator overlapping
        && settings.retireOld() == RetireOld.AT_NEXT_ROTATION) {
      retirePrevious(overlapping, secret.versionWith(AWSPREVIOUS), current);
    }
    SecretDocument next = create(current);
    if (store.putPending(secretId(), token(), next.json(), request.rotationToken())
        == PutOutcome.STORED) {
      return Outcome.APPLIED;
    }
    log("another delivery of createSecret was first; its value stays");
    if (rotator instanceof OverlappingRotator overlapping && !isStored(next)) {
      overlapping.retire(next, current, rotation);
    }
    return Outcome.NOOP;
  }

  private Outcome setSecret() throws Exception {
    SecretVersion currentVersion = store.readCurrent(secretId());
    if (currentVersion.id().equals(token())) {
      return Outcome.NOOP;
    }
    // read last, since it proves that this rotation has not been given up meanwhile
    Optional<Secret> value = awaitPending();
    if (value.isEmpty()) {
      return Outcome.NOOP;
    }
    SecretDocument pending = document(value.get(), AWSPENDING);
    current = document(currentVersion.value(), AWSCURRENT);
    requireSameTarget(pending, current);
    Outcome outcome = new Authorities(this, rotator, rotation, store).bring(pending, current);
    awaitAccepted(pending);
    return outcome;
  }

  private Outcome testSecret() throws Exception {
    Optional<Secret> value = awaitPending();
    if (value.isPresent()) {
      requireAccepted(rotator.check(document(value.get(), AWSPENDING), rotation), AWSPENDING);
      proven.remember(secretId(), token());
      return Outcome.APPLIED;
    }
    // RotateSecret with RotateImmediately=false runs this step alone, to prove the connection
    SecretDocument current = document(store.readCurrent(secretId()).value(), AWSCURRENT);
    requireAccepted(rotator.check(current, rotation), AWSCURRENT);
    return Outcome.NOOP;
  }

  private Outcome finishSecret() throws Exception {
    SecretDescription secret = awaitLabel(describe());
    Outcome outcome = Outcome.NOOP;
    Optional<String> replaced = secret.versionWith(AWSPREVIOUS);
    if (!secret.labelled(token(), AWSCURRENT)) {
      requireValue();
      replaced = Optional.of(versionWith(secret, AWSCURRENT));
      outcome = promote(replaced.get());
    }
    if (rotator instanceof OverlappingRotator overlapping
        && settings.retireOld() == RetireOld.AT_FINISH) {
      // by its id: a read of AWSCURRENT may still see the version that was just replaced
      Secret current =
          eventually(() -> store.read(secretId(), token())).orElseThrow(RotationSteps::noValue);
      retirePrevious(overlapping, replaced, document(current, AWSCURRENT));
    }
    return outcome;
  }

  // createSecret and finishSecret: what is known about the secret

  private SecretDescription describe() {
    SecretDescription secret = store.describe(secretId());
    if (secret.deletion() == SecretDescription.Deletion.SCHEDULED) {
      throw misconfigured(
          "this secret is marked for deletion; restore it with RestoreSecret, or remove its"
              + " rotation");
    }
    if (secret.owningService().isPresent()) {
      throw misconfigured(
          "this secret is managed by "
              + secret.owningService().get()
              + ", which rotates it itself; do not attach a rotation function to it");
    }
    return secret;
  }

  /**
   * The secret with AWSPENDING or AWSCURRENT on this version. RotateSecret has put the label there
   * before this invocation, but a read right after it may not show it.
   */
  private SecretDescription awaitLabel(SecretDescription described) throws InterruptedException {
    SecretDescription secret = described;
    Backoff backoff = new Backoff(FIRST_PAUSE, LABEL_PATIENCE, deadline);
    while (!isStaged(secret) && backoff.pauseForAnotherTry()) {
      secret = describe();
    }
    if (!isStaged(secret)) {
      throw misconfigured(
          ("version %s of this secret does not carry AWSPENDING (AWSPENDING is on %s, AWSCURRENT on"
                  + " %s): this is a late delivery of an old rotation, or an event made up by hand;"
                  + " start a rotation with RotateSecret")
              .formatted(
                  token(),
                  secret.versionWith(AWSPENDING).orElse("no version"),
                  secret.versionWith(AWSCURRENT).orElse("no version")));
    }
    return secret;
  }

  private boolean isStaged(SecretDescription secret) {
    return secret.labelled(token(), AWSPENDING) || secret.labelled(token(), AWSCURRENT);
  }

  private static String versionWith(SecretDescription secret, String label) {
    Optional<String> version = secret.versionWith(label);
    if (version.isEmpty()) {
      throw misconfigured(
          "no version of this secret carries "
              + label
              + "; store a working value with PutSecretValue and rotate again");
    }
    return version.get();
  }

  private Secret readLabelled(SecretDescription secret, String label) throws Exception {
    String version = versionWith(secret, label);
    Optional<Secret> value = eventually(() -> store.read(secretId(), version));
    if (value.isEmpty()) {
      throw misconfigured(
          "version %s carries %s but has no value; store a working value with PutSecretValue and rotate again"
              .formatted(version, label));
    }
    return value.get();
  }

  /**
   * What a target has just issued is known to nobody yet, so until the rotator returns it the
   * messages of foreign exceptions are not shown.
   */
  private SecretDocument create(SecretDocument from) throws Exception {
    redactor.hideForeignMessages(true);
    SecretDocument next = learn(rotator.create(from, rotation));
    redactor.hideForeignMessages(false);
    return next;
  }

  /** The same value may have been stored in other words. */
  private boolean isStored(SecretDocument next) {
    return readOlder(token()).equals(Optional.of(next));
  }

  // setSecret: the target

  private static void requireSameTarget(SecretDocument pending, SecretDocument current) {
    List<String> differing = differingTargetFields(pending, current);
    if (!differing.isEmpty()) {
      throw misconfigured(
          ("AWSPENDING and AWSCURRENT name different targets: they differ in %s; remove AWSPENDING"
                  + " from its version with UpdateSecretVersionStage and rotate again")
              .formatted(differing));
    }
  }

  private static List<String> differingTargetFields(SecretDocument one, SecretDocument other) {
    List<String> differing = new ArrayList<>();
    for (String field : TARGET_FIELDS) {
      if (!one.agrees(other, field)) {
        differing.add(field);
      }
    }
    return differing;
  }

  private void awaitAccepted(SecretDocument pending) throws Exception {
    Backoff settle = new Backoff(FIRST_SETTLE_PAUSE, settings.settle(), deadline);
    Verdict verdict = rotator.check(pending, rotation);
    while (verdict != Verdict.ACCEPTED && settle.pauseForAnotherTry()) {
      verdict = rotator.check(pending, rotation);
    }
    requireAccepted(verdict, AWSPENDING);
  }

  // setSecret and testSecret: the target's word

  /** Empty when there is nothing to bring to the target: finished already, or a test alone. */
  private Optional<Secret> awaitPending() throws Exception {
    Optional<Secret> value = store.readPending(secretId(), token());
    if (value.isPresent()) {
      return value;
    }
    if (awaitLabel(describe()).labelled(token(), AWSCURRENT)) {
      return Optional.empty();
    }
    value = eventually(() -> store.readPending(secretId(), token()));
    if (value.isEmpty() && request.step() == Step.SET) {
      throw noValue();
    }
    return value;
  }

  private static void requireAccepted(Verdict verdict, String label) {
    switch (verdict) {
      case ACCEPTED -> {}
      case INCOMPLETE ->
          throw new RotationException(
              PRIVILEGE,
              ("the target accepts the login of %s, but it lacks a right, a setting or a node that it"
                      + " needs (the log names it); the rotation is not finished, so AWSCURRENT stays")
                  .formatted(label));
      case REJECTED ->
          throw new RotationException(
              REJECTED,
              ("the target refuses the login of %s; the rotation is not finished, so AWSCURRENT"
                      + " stays; look for a changed password, an expired or locked user")
                  .formatted(label));
    }
  }

  // finishSecret: labels

  private void requireValue() throws InterruptedException {
    if (!proven.remembers(secretId(), token())
        && eventually(() -> store.readPending(secretId(), token())).isEmpty()) {
      throw noValue();
    }
  }

  private static RotationException noValue() {
    return misconfigured(
        "AWSPENDING has no value, so createSecret has not run to its end; let Secrets Manager retry"
            + " the rotation, or remove AWSPENDING with UpdateSecretVersionStage and rotate again");
  }

  private Outcome promote(String from) {
    try {
      store.promote(secretId(), from, token());
      return Outcome.APPLIED;
    } catch (RotationException e) {
      if (e.reason() == CONFLICT && store.describe(secretId()).labelled(token(), AWSCURRENT)) {
        return Outcome.NOOP;
      }
      throw e;
    }
  }

  private void retirePrevious(
      OverlappingRotator overlapping, Optional<String> version, SecretDocument current)
      throws Exception {
    Optional<SecretDocument> previous = version.flatMap(this::readOlder);
    if (previous.isPresent()
        && !previous.get().sharesCredential(current)
        && differingTargetFields(previous.get(), current).isEmpty()
        && overlapping.check(previous.get(), rotation) != Verdict.REJECTED) {
      overlapping.retire(previous.get(), current, rotation);
    }
  }

  // What a rotator asks for through Rotation

  String secretId() {
    return request.secretId();
  }

  String token() {
    return request.token();
  }

  Secret newPassword() {
    Secret password = settings.passwordPolicy().newPassword(new SecureRandom());
    redactor.learn(password);
    return password;
  }

  Duration timeLeft() {
    return deadline.left();
  }

  void log(String message) {
    log.note(message);
  }

  Secret issued(String value) {
    Secret secret = Secret.of(value);
    redactor.learn(secret);
    return secret;
  }

  SecretDocument current() {
    return Objects.requireNonNull(current, "only createSecret and setSecret know AWSCURRENT");
  }

  boolean isCurrent(SecretDocument value) {
    return value.equals(current);
  }

  Verdict refuse(String why) {
    refusal = why;
    log(why);
    return Verdict.REJECTED;
  }

  /** What the rotator said to the last refusal, if anything, and forgets it. */
  Optional<String> takeRefusal() {
    Optional<String> why = Optional.ofNullable(refusal);
    refusal = null;
    return why;
  }

  Verdict asSuperuser(SecretDocument owner, Superuser.Action action) throws Exception {
    // AWSCURRENT names it: an older version may name one that is gone
    String superuserId = superuserId(current == null ? owner : current);
    if (rotator.check(owner, rotation) == Verdict.REJECTED) {
      return Verdict.REJECTED;
    }
    return lend(superuserId, action);
  }

  Verdict asSuperuserWithoutOwner(SecretDocument secret, Superuser.Action action) throws Exception {
    log("the superuser acts without a login of the secret's owner");
    return lend(superuserId(current == null ? secret : current), action);
  }

  private Verdict lend(String superuserId, Superuser.Action action) throws Exception {
    SecretVersion version = store.readCurrent(superuserId);
    SecretDocument login = document(version.value(), "the superuser secret");
    return action.run(new Superuser(login, () -> store.describe(superuserId).tags()));
  }

  private String superuserId(SecretDocument secret) {
    Optional<String> configured = settings.superuserSecret();
    Optional<String> named = secret.find("masterarn");
    if (configured.isPresent() && named.isPresent() && !configured.equals(named)) {
      throw misconfigured(
          "the secret's masterarn (%s) is not the superuser secret that this function may use (%s); change one of them"
              .formatted(named.get(), configured.get()));
    }
    return configured
        .or(() -> named)
        .orElseThrow(
            () ->
                misconfigured(
                    "this strategy needs a superuser secret; add its ARN to the secret value as"
                        + " 'masterarn', or set SUPERUSER_SECRET_ARN"));
  }

  Map<String, Set<String>> labels() {
    return store.describe(secretId()).labels();
  }

  List<String> history() {
    try {
      return store.history(secretId());
    } catch (RotationException e) {
      if (e.reason() != PRIVILEGE) {
        throw e;
      }
      log("may not list the secret's versions, so only those with a label: " + e.getMessage());
      return List.copyOf(labels().keySet());
    }
  }

  // Helpers

  /** A version that may be of use; one whose value is no document is not. */
  Optional<SecretDocument> readOlder(String version) {
    try {
      return store.read(secretId(), version).map(value -> document(value, version));
    } catch (RotationException e) {
      if (e.reason() != MISCONFIGURED) {
        throw e;
      }
      return Optional.empty();
    }
  }

  SecretDocument document(Secret value, String label) {
    redactor.learn(value);
    return learn(SecretDocument.parse(value, label, rotator.bareField()));
  }

  private SecretDocument learn(SecretDocument document) {
    redactor.learn(document);
    return document;
  }

  private <T> Optional<T> eventually(Read<T> read) throws InterruptedException {
    Backoff backoff = new Backoff(FIRST_PAUSE, CONSISTENCY_PATIENCE, deadline);
    Optional<T> value = read.value();
    while (value.isEmpty() && backoff.pauseForAnotherTry()) {
      value = read.value();
    }
    return value;
  }

  @FunctionalInterface
  private interface Read<T> {
    Optional<T> value();
  }

  private static RotationException misconfigured(String message) {
    return new RotationException(MISCONFIGURED, message);
  }
}

package io.github.keyturn.testkit;

import static io.github.keyturn.testkit.Outcome.State.CONVERGED;
import static io.github.keyturn.testkit.Outcome.State.NOT_REACHED;
import static io.github.keyturn.testkit.Outcome.State.STUCK;

import io.github.keyturn.OverlappingRotator;
import io.github.keyturn.RetireOld;
import io.github.keyturn.RotationException;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at a stage when a trial is over, and says which rules were broken. */
final class Judge {

  private final Trial trial;
  private final RotatorContract contract;
  private final Stage stage;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Outcome.State state = CONVERGED;

  Judge(Trial trial, RotatorContract contract, Stage stage) {
    this.trial = trial;
    this.contract = contract;
    this.stage = stage;
  }

  Outcome outcome() {
    // once more at the end, because every step may have let something out
    stage
        .leaks()
        .find()
        .ifPresent(
            leak ->
                broken(
                    Rule.R7,
                    leak,
                    "a message, a log line or System.out is made from a value; the framework can"
                        + " take out only values that it knows, and only from what it is given"));
    if (stage.wasRefused()) {
      broken(
          Rule.R10,
          "the target refused AWSCURRENT while the rotation was not finished",
          "set or create ends the value that is in use; an overlapping strategy ends it in retire"
              + " only");
    }
    return new Outcome(trial.rule(), trial.place(), trial.scenario(), state, findings, notes);
  }

  /** The rotation did not come to the planned point. */
  void notReached() {
    state = NOT_REACHED;
  }

  void broken(Rule rule, String problem, String likelyReason) {
    findings.add(
        new Finding(
            rule, trial.situation(), Leaks.mask(problem, stage.leaks().values()), likelyReason));
  }

  void note(String text) {
    notes.add(text);
  }

  /** The trial's rotation ended with this version, and nothing is left of the trouble. */
  void finished(String token) throws Exception {
    if (endedBadly(token)) {
      state = STUCK;
      return;
    }
    lookAt(stage.current());
    lookForOrphans();
    lookAtPrevious();
    lookAtNextRotation();
  }

  private void lookAtPrevious() throws Exception {
    Optional<SecretDocument> previous =
        stage.versionWith(Stage.AWSPREVIOUS).flatMap(stage::version);
    if (!stage.overlaps() || previous.isEmpty()) {
      return;
    }
    boolean atFinish = contract.settings().retireOld() == RetireOld.AT_FINISH;
    boolean accepted =
        atFinish ? stage.logsInAnywhere(previous.get()) : stage.logsIn(previous.get());
    if (!atFinish && !accepted) {
      broken(
          Rule.R10,
          "AWSPREVIOUS does not log in, though the next rotation has not begun",
          "set, create or retire ends more than the value that it is given");
    } else if (atFinish && accepted && contract.rotator() instanceof OverlappingRotator) {
      broken(
          Rule.R10,
          "AWSPREVIOUS still logs in, though RETIRE_OLD is AT_FINISH",
          "finishSecret returns early for a version that is AWSCURRENT already, so a crash before"
              + " retire leaves the old value alive");
    }
  }

  private void lookAtNextRotation() throws Exception {
    stage.coldStart();
    Optional<Failure> failure = stage.rotate(stage.stage());
    if (failure.isPresent() || !stage.logsIn(stage.current())) {
      state = STUCK;
      broken(
          trial.rule(),
          "the rotation comes to its end, and the next one does not: "
              + failure.map(Failure::toString).orElse("AWSCURRENT does not log in"),
          "something is left at the target, or among the labels, that is in its way");
    }
  }

  private boolean endedBadly(String token) throws Exception {
    Optional<Failure> failure = stage.unexpectedFailure();
    if (failure.isPresent()) {
      broken(trial.rule(), failure.get() + atTheEnd(), likelyReason(failure.get()));
      return true;
    }
    if (!stage.versionWith(Stage.AWSCURRENT).equals(Optional.of(token))) {
      broken(
          trial.rule(),
          "all four steps report success, and AWSCURRENT is on another version",
          "finishSecret returns early, or something moves AWSCURRENT besides it");
      return true;
    }
    if (!stage.logsIn(stage.current())) {
      broken(
          trial.rule(),
          "AWSCURRENT does not log in",
          "a step takes something else for the target's word: createSecret makes a new value on"
              + " each try, check answers without asking, or retire ends the current value");
      return true;
    }
    return false;
  }

  private String atTheEnd() throws Exception {
    return stage.logsIn(stage.current())
        ? " and AWSCURRENT still logs in"
        : ", and AWSCURRENT does not log in";
  }

  private String likelyReason(Failure failure) {
    boolean inCreate = trial.place().contains("in " + Step.CREATE.wireName());
    boolean rejected = failure.reason().equals(Optional.of(RotationException.Reason.REJECTED));
    return switch (failure.step()) {
      case CREATE ->
          "create can't be repeated, or it logs in with AWSCURRENT after the target was given"
              + " another value";
      case SET -> {
        if (!rejected) {
          yield "set is not safe to repeat, or a refused login is thrown instead of answered with"
              + " REJECTED";
        }
        yield inCreate
            ? "create changes the target before its value is stored under AWSPENDING, so a crash"
                + " loses the value"
            : "set is not tried with pending and the secret's older versions as its authority, or"
                + " it is not safe to repeat";
      }
      case TEST ->
          "set answers ACCEPTED before the target has everything that the value needs, or"
              + " createSecret made a new value on a retry";
      case FINISH ->
          "AWSCURRENT must move by one UpdateSecretVersionStage with MoveToVersionId, and with"
              + " RemoveFromVersionId naming the version that was read";
    };
  }

  private void lookAt(SecretDocument current) {
    List<String> lost = ForeignFields.lost(current, stage.initial());
    if (!lost.isEmpty()) {
      broken(
          Rule.R2,
          "the new value has lost or changed the fields " + lost,
          "create builds a new document; return current.with(…) instead");
    }
  }

  private void lookForOrphans() throws Exception {
    Optional<Set<String>> live = contract.liveCredentials(stage.current());
    if (live.isEmpty()) {
      return;
    }
    Set<String> labelled = texts(stage.labelledVersions());
    Set<String> known = texts(stage.allVersions());
    // who displaces the first one before it was retired has to end it as well
    Set<String> byHand = texts(List.of(stage.initial()));
    for (String credential : live.get()) {
      if (labelled.contains(credential)) {
        continue;
      }
      if (contract.cleansUp() && !byHand.contains(credential)) {
        broken(
            Rule.R6,
            "the target accepts a credential that no version with a label holds",
            "create and set do not end what a rotation that died, or was given up, has issued");
      } else if (known.contains(credential)) {
        note("a credential is left that only a version without a label holds");
      } else if (stage.tokens().stream().anyMatch(credential::contains)) {
        note("a credential is left that only its label, an abandoned token, leads to");
      } else {
        broken(
            Rule.R6,
            "the target accepts a credential that no version of the secret holds",
            "create issues a value and does not label it with Rotation.token(), or does not replace"
                + " what carries that label already");
      }
    }
  }

  private static Set<String> texts(List<SecretDocument> versions) {
    return versions.stream()
        .flatMap(version -> version.names().stream().flatMap(name -> text(version, name).stream()))
        .flatMap(text -> Stream.of(text, sha256(text)))
        .collect(Collectors.toSet());
  }

  /** The form in which some targets show a password. */
  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static Optional<String> text(SecretDocument document, String name) {
    try {
      return document.find(name);
    } catch (RotationException e) {
      // an object or a list, which is no credential's name
      return Optional.empty();
    }
  }
}

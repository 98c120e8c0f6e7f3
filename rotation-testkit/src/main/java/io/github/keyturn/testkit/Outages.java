package io.github.keyturn.testkit;

import io.github.keyturn.RotationException.Reason;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Targets that can't be reached, calls that get no answer, interrupts, and dead credentials. */
final class Outages {

  private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(2);

  private Outages() {}

  /**
   * @param cutOff whether a hook can put the target out of order
   */
  static List<Trial> trials(Rehearsal rehearsal, boolean cutOff) {
    List<Trial> trials = new ArrayList<>();
    Rehearsal.Rotation rotation = rehearsal.later();
    Set<String> silenced = new HashSet<>();
    for (Point point : rotation.points()) {
      trials.add(interrupt(rotation, point));
      if (point.isAtTarget()) {
        trials.add(outageAt(rotation, point));
      }
      // one of each kind in each step, because each takes as long as the function's time
      if (silenced.add(point.step() + " " + point.isAtTarget())) {
        trials.add(silence(rotation, point));
      }
    }
    for (Step step : List.of(Step.SET, Step.TEST)) {
      if (rehearsal.reachesTarget()) {
        trials.add(
            outage(step, "can't be reached", (stage, off) -> stage.outside().targetDown(off)));
      }
      if (cutOff) {
        trials.add(outage(step, "is out of order", Stage::cutOffByHook));
      }
    }
    trials.add(deadCredential());
    return trials;
  }

  private static Trial interrupt(Rehearsal.Rotation rotation, Point point) {
    return disturbed(
        Rule.R3, Disturbance.INTERRUPT, rotation, point, Trial.TIMEOUT, "the same token again");
  }

  private static Trial silence(Rehearsal.Rotation rotation, Point point) {
    return disturbed(
        Rule.R3, Disturbance.SILENCE, rotation, point, SHORT_TIMEOUT, "the same token again");
  }

  private static Trial outageAt(Rehearsal.Rotation rotation, Point point) {
    return disturbed(
        Rule.R8,
        Disturbance.OUTAGE,
        rotation,
        point,
        Trial.TIMEOUT,
        "the same token again in the same function, when the target is back");
  }

  private static Trial disturbed(
      Rule rule,
      Disturbance what,
      Rehearsal.Rotation rotation,
      Point point,
      Duration timeout,
      String scenario) {
    return new Trial(
        rule,
        "%s before %s".formatted(what, point),
        scenario,
        (stage, judge) -> {
          rotation.prepare(stage, timeout);
          String token = stage.stage();
          stage.outside().plan(what, point, Moment.BEFORE);
          Optional<Failure> failure = stage.rotate(token);
          if (what == Disturbance.OUTAGE) {
            requireNoVerdict(failure, judge);
          }
          if (!stage.outside().reached()) {
            judge.notReached();
          }
          stage.outside().noPlan();
          stage.outside().targetDown(false);
          stage.mustSucceed(stage.rotate(token));
          judge.finished(token);
        });
  }

  @FunctionalInterface
  private interface Switch {
    void turn(Stage stage, boolean off) throws Exception;
  }

  private static Trial outage(Step step, String how, Switch target) {
    return new Trial(
        Rule.R8,
        "%s while the target %s".formatted(step.wireName(), how),
        "the same token again in the same function, when the target is back",
        (stage, judge) -> {
          stage.rotate();
          String token = stage.stage();
          for (Step earlier : Step.values()) {
            if (earlier.compareTo(step) < 0) {
              stage.mustSucceed(stage.deliver(earlier, token));
            }
          }
          target.turn(stage, true);
          Optional<Failure> failure = stage.deliver(step, token);
          target.turn(stage, false);
          if (failure.isEmpty()) {
            judge.broken(
                Rule.R8,
                step.wireName() + " reports success",
                "check or set answers ACCEPTED when it gets no answer");
          }
          requireNoVerdict(failure, judge);
          stage.mustSucceed(stage.rotate(token));
          judge.finished(token);
        });
  }

  static void requireNoVerdict(Optional<Failure> failure, Judge judge) {
    if (failure.flatMap(Failure::reason).equals(Optional.of(Reason.REJECTED))) {
      judge.broken(
          Rule.R8,
          "an outage is taken for a wrong password: " + failure.orElseThrow(),
          "check or set catches what is thrown when the target does not answer, and returns"
              + " REJECTED; let it be thrown");
    }
  }

  private static Trial deadCredential() {
    return new Trial(
        Rule.R9,
        "testSecret of a value that three rotations have replaced",
        "a new token",
        (stage, judge) -> {
          SecretDocument dead = stage.initial();
          for (int i = 0; i < 3; i++) {
            stage.rotate();
          }
          if (stage.logsInAnywhere(dead)) {
            judge.broken(
                stage.overlaps() ? Rule.R10 : Rule.R6,
                "the target still accepts the first value after three rotations",
                "retire does not end the old value, or set leaves it in place");
          } else {
            requireRefusal(dead, stage, judge);
          }
          judge.finished(stage.rotate());
        });
  }

  private static void requireRefusal(SecretDocument dead, Stage stage, Judge judge)
      throws Exception {
    String token = stage.stage();
    stage.putPending(token, dead);
    Optional<Failure> failure = stage.deliver(Step.TEST, token);
    if (failure.isEmpty()) {
      judge.broken(
          Rule.R9,
          "testSecret reports success for a value that the target refuses",
          "check answers ACCEPTED without logging in with the candidate");
    } else if (!failure.get().reason().equals(Optional.of(Reason.REJECTED))) {
      judge.broken(
          Rule.R9,
          "a wrong password is taken for a failure: " + failure.get(),
          "check throws what the target says of a refused login; return REJECTED for it");
    }
  }
}

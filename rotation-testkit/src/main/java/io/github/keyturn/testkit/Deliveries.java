package io.github.keyturn.testkit;

import io.github.keyturn.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Secrets Manager delivers a step twice, twice at once, and long after its rotation. */
final class Deliveries {

  private static final long LONGEST_MEETING_MILLIS = 300;

  private Deliveries() {}

  static List<Trial> trials(Rehearsal rehearsal) {
    List<Trial> trials = new ArrayList<>();
    trials.add(everyStepTwice());
    boolean issues =
        rehearsal.later().points().stream()
            .anyMatch(point -> point.isAtTarget() && point.step() == Step.CREATE);
    for (Point point : rehearsal.later().points()) {
      if (!point.isAtTarget()) {
        trials.add(twiceAtOnce(point, issues));
      }
    }
    for (Step step : Step.values()) {
      trials.add(lateDuplicate(step));
      trials.add(duplicateDuringTheNextRotation(step));
    }
    return trials;
  }

  private static Trial everyStepTwice() {
    return new Trial(
        Rule.R5,
        "every step twice",
        Trial.NOTHING_ELSE,
        (stage, judge) -> {
          stage.rotate();
          String token = stage.stage();
          for (Step step : Step.values()) {
            stage.mustSucceed(stage.deliver(step, token));
            stage.mustSucceed(stage.deliver(step, token));
          }
          judge.finished(token);
        });
  }

  /**
   * @param issues whether createSecret changes the target, which two of them can't do together
   */
  private static Trial twiceAtOnce(Point meeting, boolean issues) {
    return new Trial(
        Rule.R5,
        "two deliveries at once that meet before " + meeting,
        "the same token again",
        (stage, judge) -> {
          stage.rotate();
          String token = stage.stage();
          for (Step step : Step.values()) {
            if (step.compareTo(meeting.step()) < 0) {
              stage.mustSucceed(stage.deliver(step, token));
            }
          }
          deliverTwiceAtOnce(stage, meeting, token);
          stage.noteIfRefused();
          boolean mayNeedNewToken = meeting.step() == Step.CREATE && (issues || stage.overlaps());
          judge.finished(healed(stage, judge, mayNeedNewToken, token));
        });
  }

  private static void deliverTwiceAtOnce(Stage stage, Point meeting, String token)
      throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    // a thread of its own: in a pool it might wait for the one that waits for it
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () -> deliverBeside(stage, meeting, both, token),
            task -> new Thread(task, "second delivery").start());
    deliverBeside(stage, meeting, both, token);
    other.get(Trial.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  private static void deliverBeside(Stage stage, Point meeting, CountDownLatch both, String token) {
    Outside own = new Outside(() -> {});
    own.plan(meeting, Moment.BEFORE, () -> meet(both));
    own.beginStep(meeting.step(), Trial.TIMEOUT);
    try (Function function = stage.newFunction(own)) {
      stage.run(function, meeting.step(), token);
    }
  }

  private static void meet(CountDownLatch both) {
    both.countDown();
    try {
      if (!both.await(LONGEST_MEETING_MILLIS, TimeUnit.MILLISECONDS)) {
        // the other one was told something that ended it earlier: go on alone
        both.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Two keys that are issued at once under one label end each other, so there a new token may be
   * needed: see the limits in {@code docs/contract.md}.
   */
  private static String healed(Stage stage, Judge judge, boolean mayNeedNewToken, String token)
      throws Exception {
    Optional<Failure> failure = stage.rotate(token);
    if (failure.isPresent() && mayNeedNewToken) {
      judge.note("healed by a new token, not by the same one");
      return stage.rotate();
    }
    stage.mustSucceed(failure);
    return token;
  }

  private static Trial lateDuplicate(Step step) {
    return new Trial(
        Rule.R5,
        "a late duplicate of %s of the rotation before".formatted(step.wireName()),
        Trial.NOTHING_ELSE,
        (stage, judge) -> {
          String old = stage.rotate();
          String token = stage.rotate();
          Map<String, Set<String>> labels = stage.labels();
          stage.coldStart();
          // it may fail, or do nothing
          stage.deliver(step, old);
          requireSame(labels, stage, judge);
          judge.finished(token);
        });
  }

  private static Trial duplicateDuringTheNextRotation(Step step) {
    return new Trial(
        Rule.R5,
        "a late duplicate of %s between the next rotation's setSecret and testSecret"
            .formatted(step.wireName()),
        "the rest of that rotation",
        (stage, judge) -> {
          stage.rotate();
          String old = stage.rotate();
          String token = stage.stage();
          stage.mustSucceed(stage.rotate(token, Step.SET));
          Map<String, Set<String>> labels = stage.labels();
          // it may fail, or do nothing
          stage.deliver(step, old);
          requireSame(labels, stage, judge);
          stage.mustSucceed(stage.deliver(Step.TEST, token));
          stage.mustSucceed(stage.deliver(Step.FINISH, token));
          judge.finished(token);
        });
  }

  private static void requireSame(Map<String, Set<String>> labels, Stage stage, Judge judge) {
    if (!stage.labels().equals(labels)) {
      judge.broken(
          Rule.R5,
          "the labels of the secret have moved",
          "a step does not look whether its version still carries AWSPENDING, or promotes without"
              + " comparing");
    }
  }
}

package io.github.keyturn.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every external call of a rotation, the function dying before it and after it, and what Secrets
 * Manager may do then.
 */
final class CrashMatrix {

  /** What follows the crash. The new function is cold: Lambda replaces a process that died. */
  private enum Scenario {
    A("the same token again") {
      @Override
      String heal(Stage stage, String dead, Point point, Moment moment) throws Exception {
        stage.mustSucceed(stage.rotate(dead));
        return dead;
      }
    },
    B("a new token") {
      @Override
      String heal(Stage stage, String dead, Point point, Moment moment) throws Exception {
        String token = stage.stage();
        stage.mustSucceed(stage.rotateColdly(token));
        return token;
      }
    },
    C("a second token that dies as well, and a third") {
      @Override
      String heal(Stage stage, String dead, Point point, Moment moment) throws Exception {
        stage.outside().plan(Disturbance.CRASH, point, moment);
        stage.rotate(stage.stage());
        stage.outside().noPlan();
        stage.coldStart();
        return stage.rotate();
      }
    };

    private final String words;

    Scenario(String words) {
      this.words = words;
    }

    abstract String heal(Stage stage, String dead, Point point, Moment moment) throws Exception;
  }

  private static final Duration LATE_GOOD_BYE = Duration.ofMillis(100);

  private CrashMatrix() {}

  static List<Trial> trials(Rehearsal rehearsal) {
    List<Trial> trials = new ArrayList<>();
    for (Rehearsal.Rotation rotation : rehearsal.rotations()) {
      for (Point point : rotation.points()) {
        for (Moment moment : Moment.values()) {
          for (Scenario scenario : Scenario.values()) {
            trials.add(trial(rotation, point, moment, scenario));
          }
        }
      }
    }
    return trials;
  }

  private static Trial trial(
      Rehearsal.Rotation rotation, Point point, Moment moment, Scenario scenario) {
    return new Trial(
        Rule.R3,
        "a crash %s %s of %s".formatted(moment, point, rotation.name()),
        scenario.words,
        (stage, judge) -> {
          rotation.prepare(stage);
          stage.outside().plan(Disturbance.CRASH, point, moment);
          String token = stage.stage();
          stage.rotate(token);
          if (!stage.outside().awaitReached(LATE_GOOD_BYE)) {
            judge.notReached();
          }
          stage.outside().noPlan();
          // also when it died at the good-bye of its last connection, which it does not wait for
          stage.coldStart();
          judge.finished(scenario.heal(stage, token, point, moment));
        });
  }
}

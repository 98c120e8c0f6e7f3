package io.github.keyturn.testkit;

import io.github.keyturn.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A target of several nodes: one dies in the middle, or comes back with what it had before. */
final class Nodes {

  /** What is done when the node is back. */
  private enum Healing {
    SAME_TOKEN("the same token again") {
      @Override
      String token(Stage stage, String token) {
        return token;
      }
    },
    NEW_TOKEN("a new token") {
      @Override
      String token(Stage stage, String token) {
        return stage.stage();
      }
    };

    private final String words;

    Healing(String words) {
      this.words = words;
    }

    abstract String token(Stage stage, String token);
  }

  private Nodes() {}

  /**
   * @param nodes how many there are
   * @param remembers whether a hook can put a node back to what it had
   */
  static List<Trial> trials(Rehearsal rehearsal, int nodes, boolean remembers) {
    List<Trial> trials = new ArrayList<>();
    for (Point point : rehearsal.later().points()) {
      for (Healing healing : Healing.values()) {
        if (point.node() > 0) {
          trials.add(loss(rehearsal.later(), point, healing));
        }
      }
    }
    for (int node = 0; nodes > 1 && remembers && node < nodes; node++) {
      trials.add(backWithOldState(node, 1));
      trials.add(backWithOldState(node, 2));
      for (Healing healing : Healing.values()) {
        trials.add(backInTheMiddle(node, healing));
      }
    }
    return trials;
  }

  private static Trial loss(Rehearsal.Rotation rotation, Point point, Healing healing) {
    return new Trial(
        Rule.R8,
        "%s before %s".formatted(Disturbance.NODE_OUTAGE, point),
        "another try without it, and when it is back " + healing.words,
        (stage, judge) -> {
          rotation.prepare(stage);
          String token = stage.stage();
          stage.outside().plan(Disturbance.NODE_OUTAGE, point, Moment.BEFORE);
          Outages.requireNoVerdict(stage.rotate(token), judge);
          if (!stage.outside().reached()) {
            judge.notReached();
          }
          stage.outside().noPlan();
          Outages.requireNoVerdict(stage.rotate(token), judge);
          stage.outside().nodeDown(point.node(), false);
          String healed = healing.token(stage, token);
          stage.mustSucceed(stage.rotate(healed));
          judge.finished(healed);
        });
  }

  private static Trial backWithOldState(int node, int rotations) {
    return new Trial(
        Rule.R3,
        "node %d came back with what it had %d rotation(s) ago".formatted(node + 1, rotations),
        "a new token",
        (stage, judge) -> {
          stage.rotate();
          RotatorContract.NodeState before = stage.remember(node);
          for (int i = 0; i < rotations; i++) {
            stage.rotate();
          }
          before.restore();
          judge.finished(stage.rotate());
        });
  }

  private static Trial backInTheMiddle(int node, Healing healing) {
    return new Trial(
        Rule.R3,
        "node %d came back after setSecret with what it had before".formatted(node + 1),
        healing.words,
        (stage, judge) -> {
          stage.rotate();
          String token = stage.stage();
          stage.mustSucceed(stage.rotate(token, Step.CREATE));
          RotatorContract.NodeState before = stage.remember(node);
          stage.mustSucceed(stage.deliver(Step.SET, token));
          before.restore();
          Optional<Failure> failure = stage.deliver(Step.TEST, token);
          if (failure.isEmpty()) {
            judge.broken(
                Rule.R1,
                "testSecret reports success while a node refuses the new value",
                "check asks one node, or takes the answer of the first one that accepts");
          }
          String healed = healing.token(stage, token);
          stage.mustSucceed(stage.rotate(healed));
          judge.finished(healed);
        });
  }
}

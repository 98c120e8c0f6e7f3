package io.github.keyturn.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The external calls of undisturbed rotations: the first one of an account, and a later one, which
 * may have an old value to retire.
 */
record Rehearsal(List<Rotation> rotations) {

  /** The good-bye of a connection may still be on its way when a rotation is over. */
  private static final int GOOD_BYE_MILLIS = 100;

  /**
   * A rotation.
   *
   * @param before how many went before it
   */
  record Rotation(String name, int before, List<Point> points) {

    /** Brings an account to where this rotation begins, with a cold function. */
    void prepare(Stage stage) throws Exception {
      prepare(stage, Trial.TIMEOUT);
    }

    /** The same, with a function that has this much time for each step. */
    void prepare(Stage stage, Duration timeout) throws Exception {
      for (int i = 0; i < before; i++) {
        stage.rotate();
      }
      stage.coldStart(timeout);
    }
  }

  Rotation later() {
    return rotations.get(rotations.size() - 1);
  }

  boolean reachesTarget() {
    return later().points().stream().anyMatch(Point::isAtTarget);
  }

  /** Empty when even an undisturbed rotation fails. */
  static Optional<Rehearsal> on(Stage stage) throws Exception {
    Rotation first = record("the first rotation", 0, stage);
    Rotation later = record("a later rotation", 1, stage);
    boolean promoted = stage.versionWith(Stage.AWSCURRENT).equals(Optional.of(stage.lastToken()));
    return promoted && stage.unexpectedFailure().isEmpty()
        ? Optional.of(new Rehearsal(List.of(first, later)))
        : Optional.empty();
  }

  private static Rotation record(String name, int before, Stage stage) throws Exception {
    stage.coldStart();
    stage.rotate();
    Thread.sleep(GOOD_BYE_MILLIS);
    return new Rotation(name, before, stage.outside().record());
  }
}

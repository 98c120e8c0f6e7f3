package io.github.keyturn.testkit;

import io.github.keyturn.RetireOld;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rotations that are given up, and people who move labels and store values by hand. */
final class People {

  private static final String EDITED = "contractEdited";

  private People() {}

  static List<Trial> trials(Rehearsal rehearsal, RetireOld retireOld) {
    List<Trial> trials = new ArrayList<>();
    for (Step step : List.of(Step.CREATE, Step.SET, Step.TEST)) {
      trials.add(abandoned(step));
      trials.add(pendingRemoved(step));
    }
    if (retireOld == RetireOld.AT_NEXT_ROTATION) {
      // with AT_FINISH the previous value has ended, and who goes back to it is on his own
      trials.add(currentMovedBack());
      trials.add(currentMovedBackAndForth());
      trials.add(previousValueStored());
    }
    trials.add(fieldEditedByHand());
    rehearsal.later().points().stream()
        .filter(point -> point.call().equals("UpdateSecretVersionStage"))
        .forEach(point -> trials.add(valueStoredInTheMiddle(point)));
    return trials;
  }

  private static Trial abandoned(Step last) {
    return new Trial(
        Rule.R4,
        "a rotation that is abandoned after " + last.wireName(),
        "a new token",
        (stage, judge) -> {
          stage.rotate();
          stage.mustSucceed(stage.rotate(stage.stage(), last));
          stage.noteIfRefused();
          judge.finished(stage.rotate());
        });
  }

  private static Trial pendingRemoved(Step last) {
    return new Trial(
        Rule.R4,
        "AWSPENDING was removed by hand after " + last.wireName(),
        "a new token",
        (stage, judge) -> {
          stage.rotate();
          String token = stage.stage();
          stage.mustSucceed(stage.rotate(token, last));
          stage.moveByHand(Stage.AWSPENDING, token, Optional.empty());
          if (stage.deliver(Step.FINISH, token).isEmpty()) {
            judge.broken(
                Rule.R4,
                "finishSecret reports success for a version without AWSPENDING",
                "finishSecret does not look at the labels");
          }
          judge.finished(stage.rotate());
        });
  }

  private static Trial currentMovedBack() {
    return new Trial(
        Rule.R4,
        "AWSCURRENT was moved back to AWSPREVIOUS by hand",
        "a new token",
        (stage, judge) -> {
          swapByHand(stage);
          judge.finished(stage.rotate());
        });
  }

  private static Trial currentMovedBackAndForth() {
    return new Trial(
        Rule.R4,
        "AWSCURRENT was moved back to AWSPREVIOUS by hand, twice",
        "a new token each time",
        (stage, judge) -> {
          swapByHand(stage);
          stage.rotate();
          swapByHand(stage);
          judge.finished(stage.rotate());
        });
  }

  private static void swapByHand(Stage stage) throws Exception {
    String token = stage.rotate();
    String previous = stage.versionWith(Stage.AWSPREVIOUS).orElseThrow();
    stage.moveByHand(Stage.AWSCURRENT, token, Optional.of(previous));
  }

  private static Trial previousValueStored() {
    return new Trial(
        Rule.R4,
        "the previous value was stored again by hand",
        "a new token",
        (stage, judge) -> {
          SecretDocument before = stage.current();
          stage.rotate();
          stage.storeByHand(before);
          judge.finished(stage.rotate());
        });
  }

  private static Trial fieldEditedByHand() {
    return new Trial(
        Rule.R2,
        "a field was added to the value by hand",
        "a new token",
        (stage, judge) -> {
          stage.rotate();
          stage.storeByHand(stage.current().with(EDITED, Secret.of("yes")));
          judge.finished(stage.rotate());
          if (stage.current().find(EDITED).isEmpty()) {
            judge.broken(
                Rule.R2,
                "the field is gone",
                "create starts from an older document than AWSCURRENT");
          }
        });
  }

  private static Trial valueStoredInTheMiddle(Point promotion) {
    return new Trial(
        Rule.R4,
        "a value was stored by hand just before " + promotion,
        "a new token",
        (stage, judge) -> {
          stage.rotate();
          stage.coldStart();
          String token = stage.stage();
          SecretDocument edited = stage.current().with(EDITED, Secret.of("yes"));
          List<String> byHand = new ArrayList<>();
          stage
              .outside()
              .plan(promotion, Moment.BEFORE, () -> byHand.add(stage.storeByHand(edited)));
          Optional<Failure> failure = stage.rotate(token);
          if (failure.isEmpty() || !stage.versionWith(Stage.AWSCURRENT).equals(last(byHand))) {
            judge.broken(
                Rule.R4,
                "finishSecret overwrites the label of a value that it has not seen",
                "AWSCURRENT is moved without comparing: RemoveFromVersionId must name the version"
                    + " that was read before");
          }
          judge.finished(stage.rotate());
        });
  }

  private static Optional<String> last(List<String> values) {
    return values.stream().reduce((earlier, later) -> later);
  }
}

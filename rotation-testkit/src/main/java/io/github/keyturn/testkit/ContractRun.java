package io.github.keyturn.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs all trials of a contract, several accounts at a time. */
final class ContractRun implements AutoCloseable {

  /** More than there are processors, because a trial mostly waits for its target. */
  private static final int TRIALS_AT_ONCE = 6;

  private final RotatorContract contract;
  private final boolean overlaps;
  private final ExecutorService connections = Executors.newCachedThreadPool(ContractRun::daemon);
  private final ExecutorService trials =
      Executors.newFixedThreadPool(TRIALS_AT_ONCE, ContractRun::daemon);

  private ContractRun(RotatorContract contract) throws Exception {
    this.contract = contract;
    this.overlaps = contract.overlaps();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "contract");
    thread.setDaemon(true);
    return thread;
  }

  static ContractResult of(RotatorContract contract) throws Exception {
    Instant start = Instant.now();
    try (ContractRun run = new ContractRun(contract)) {
      return run.result(start);
    }
  }

  private ContractResult result(Instant start) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    Optional<Rehearsal> rehearsal = rehearse(outcomes);
    if (rehearsal.isPresent()) {
      outcomes.addAll(runAll(CrashMatrix.trials(rehearsal.get())));
    }
    return new ContractResult(
        contract.rotator().getClass().getSimpleName(),
        overlaps,
        rehearsal,
        outcomes,
        Duration.between(start, Instant.now()));
  }

  private Optional<Rehearsal> rehearse(List<Outcome> outcomes) throws Exception {
    List<Optional<Rehearsal>> rehearsal = new ArrayList<>();
    Trial undisturbed =
        new Trial(
            Rule.R1,
            "nothing",
            "nothing",
            (stage, judge) -> {
              rehearsal.add(Rehearsal.on(stage));
              judge.finished(stage.versionWith(Stage.AWSCURRENT).orElseThrow());
            });
    outcomes.add(run(undisturbed));
    return rehearsal.isEmpty() ? Optional.empty() : rehearsal.get(0);
  }

  private List<Outcome> runAll(List<Trial> all) throws InterruptedException, ExecutionException {
    List<Future<Outcome>> running = new ArrayList<>();
    for (Trial trial : all) {
      running.add(trials.submit(() -> run(trial)));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Future<Outcome> outcome : running) {
      outcomes.add(outcome.get());
    }
    return outcomes;
  }

  private Outcome run(Trial trial) throws Exception {
    try (Stage stage = new Stage(contract, connections, trial.timeout())) {
      Judge judge = new Judge(trial, contract, overlaps, stage);
      trial.body().run(stage, judge);
      return judge.outcome();
    } catch (Exception e) {
      throw new IllegalStateException("the kit or a hook failed " + trial.situation(), e);
    }
  }

  @Override
  public void close() {
    trials.shutdownNow();
    connections.shutdownNow();
  }
}

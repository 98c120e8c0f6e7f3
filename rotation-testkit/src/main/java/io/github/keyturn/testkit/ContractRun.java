package io.github.keyturn.testkit;

import io.github.keyturn.RetireOld;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Set<String> secretValues = ConcurrentHashMap.newKeySet();
  private boolean credentialsListed;
  private boolean cutOff;
  private boolean remembersNodes;
  private Optional<Clients.Seen> clients = Optional.empty();
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
    Optional<Rehearsal> rehearsal;
    try (ConsoleTap console = new ConsoleTap()) {
      rehearsal = rehearse(outcomes);
      if (rehearsal.isPresent()) {
        outcomes.add(
            run(Clients.trial(neverRefused(), connections, seen -> clients = Optional.of(seen))));
        outcomes.addAll(runAll(trials(rehearsal.get())));
      }
      lookAtConsole(console, outcomes);
    }
    return new ContractResult(
        name(contract.rotator().getClass()),
        overlaps,
        contract.oneIn(),
        rehearsal,
        clients,
        outcomes,
        skipped(rehearsal),
        Duration.between(start, Instant.now()));
  }

  /** With AT_FINISH a client that read AWSCURRENT a moment before may find it ended. */
  private boolean neverRefused() {
    return overlaps && contract.settings().retireOld() == RetireOld.AT_NEXT_ROTATION;
  }

  private List<Trial> trials(Rehearsal rehearsal) {
    List<Trial> all = new ArrayList<>();
    // what waits for a time-out goes first, beside all the others
    all.addAll(Outages.trials(rehearsal, cutOff));
    all.addAll(Deliveries.trials(rehearsal));
    all.addAll(People.trials(rehearsal, contract.settings().retireOld()));
    all.addAll(Nodes.trials(rehearsal, contract.targets().size(), remembersNodes));
    all.addAll(CrashMatrix.trials(rehearsal));
    all.removeIf(trial -> !contract.tries(trial));
    return Sample.oneIn(contract.oneIn(), all);
  }

  private void lookAtConsole(ConsoleTap console, List<Outcome> outcomes) {
    Leaks.find(console.text(), secretValues)
        .map(
            leak ->
                new Finding(
                    Rule.R7,
                    "after all",
                    "System.out or System.err shows " + leak,
                    "something prints, where Rotation.log would take the value out"))
        .ifPresent(
            finding ->
                outcomes.add(
                    new Outcome(
                        Rule.R7,
                        "all of the above",
                        Trial.NOTHING_ELSE,
                        Outcome.State.CONVERGED,
                        List.of(finding),
                        List.of())));
  }

  private static String name(Class<?> rotator) {
    return rotator.getName().replaceFirst(".*\\.", "");
  }

  private Map<Rule, String> skipped(Optional<Rehearsal> rehearsal) {
    Map<Rule, String> skipped = new EnumMap<>(Rule.class);
    if (rehearsal.isEmpty()) {
      for (Rule rule : Rule.values()) {
        skipped.put(rule, "%s is not tried before R1 holds".formatted(rule));
      }
      return skipped;
    }
    if (!credentialsListed) {
      skipped.put(Rule.R6, "R6 is skipped: it needs liveCredentials(SecretDocument)");
    }
    if (secretValues.isEmpty()) {
      skipped.put(Rule.R7, "R7 is skipped: no field's name looks secret; override secretFields(…)");
    }
    if (!rehearsal.get().reachesTarget() && !cutOff) {
      skipped.put(
          Rule.R8,
          "R8 is skipped: it needs target(), to put the kit's proxy in front, or cutOff(…)");
    }
    if (!overlaps) {
      skipped.put(
          Rule.R10,
          "R10 is skipped: the rotator is no OverlappingRotator, and overlaps() says no; the"
              + " report has how long clients were refused");
    }
    return skipped;
  }

  private Optional<Rehearsal> rehearse(List<Outcome> outcomes) throws Exception {
    List<Optional<Rehearsal>> rehearsal = new ArrayList<>();
    Trial undisturbed =
        new Trial(
            Rule.R1,
            "nothing at all",
            Trial.NOTHING_ELSE,
            (stage, judge) -> {
              rehearsal.add(Rehearsal.on(stage));
              cutOff = contract.cutOff(stage.current(), false);
              remembersNodes = contract.remember(stage.current(), 0).isPresent();
              credentialsListed = contract.liveCredentials(stage.current()).isPresent();
              judge.finished(stage.lastToken());
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
    try (Stage stage = new Stage(contract, overlaps, connections)) {
      Judge judge = new Judge(trial, contract, stage);
      runBody(trial, stage, judge);
      Outcome outcome = judge.outcome();
      secretValues.addAll(stage.leaks().values());
      return outcome;
    } catch (Exception e) {
      throw new IllegalStateException("the kit or a hook failed " + trial.situation(), e);
    }
  }

  private static void runBody(Trial trial, Stage stage, Judge judge) throws Exception {
    try {
      trial.body().run(stage, judge);
    } catch (Exception e) {
      if (stage.unexpectedFailure().isEmpty()) {
        throw e;
      }
      // what the trial wanted to go on with is not there, because a rotation before it failed
      judge.finished("");
    }
  }

  @Override
  public void close() {
    trials.shutdownNow();
    connections.shutdownNow();
  }
}

package io.github.keyturn.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.local.RotationResult.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Takes functions through the steps, in the background, and tries failed rotations again. */
final class RotationRunner implements AutoCloseable {

  private static final Duration LAST_STEP = Duration.ofSeconds(10);

  /**
   * @param acrossAccounts whether a value counts only if it came with the RotationToken
   */
  record Policy(int attempts, Duration firstPause, boolean acrossAccounts) {}

  /**
   * @param steps all four, or testSecret alone
   */
  record Job(String secretArn, String token, RotationFunction function, List<Step> steps) {
    boolean isTest() {
      return !steps.contains(Step.FINISH);
    }
  }

  private final Secrets secrets;
  private final RotationTokens rotationTokens;
  private final Policy policy;
  private final RotationListener listener;
  private final Map<String, Future<RotationResult>> runs = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "rotation");
            thread.setDaemon(true);
            return thread;
          });

  RotationRunner(
      Secrets secrets, RotationTokens rotationTokens, Policy policy, RotationListener listener) {
    this.secrets = secrets;
    this.rotationTokens = rotationTokens;
    this.policy = policy;
    this.listener = listener;
  }

  void start(Job job) {
    runs.put(job.secretArn(), executor.submit(() -> run(job)));
  }

  boolean isRunning(String secretArn) {
    Future<RotationResult> run = runs.get(secretArn);
    return run != null && !run.isDone();
  }

  RotationResult await(String secretArn, Duration atMost) throws InterruptedException {
    Future<RotationResult> run = runs.get(secretArn);
    if (run == null) {
      throw new IllegalStateException(
          "no rotation of %s was started; call RotateSecret first".formatted(secretArn));
    }
    try {
      return run.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the rotation of %s still runs after %s".formatted(secretArn, atMost), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the rotation of %s broke".formatted(secretArn), e);
    }
  }

  private RotationResult run(Job job) throws InterruptedException {
    RotationResult result = attemptAll(job);
    rotationTokens.forget(job.secretArn(), job.token());
    listener.rotationEnded(result);
    return result;
  }

  private RotationResult attemptAll(Job job) throws InterruptedException {
    Duration pause = policy.firstPause();
    for (int attempt = 1; ; attempt++) {
      try {
        try {
          attempt(job, attempt);
          finish(job);
          return result(job, Outcome.SUCCEEDED, attempt, "");
        } catch (StepFailedException failure) {
          if (attempt == policy.attempts()) {
            endTest(job);
            return result(job, Outcome.FAILED, attempt, failure.getMessage());
          }
        }
      } catch (EndedException end) {
        return result(job, end.outcome, attempt, end.getMessage());
      } catch (ServiceException brokenState) {
        return result(job, Outcome.FAILED, attempt, brokenState.getMessage());
      }
      if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return result(job, Outcome.CANCELLED, attempt, "the model was closed");
      }
      pause = pause.multipliedBy(2);
    }
  }

  private void attempt(Job job, int attempt) throws StepFailedException, EndedException {
    for (Step step : job.steps()) {
      listener.stepStarted(view(job, step, attempt));
      try {
        invoke(job, step);
        requireEffect(job, step);
      } catch (EndedException e) {
        throw e;
      } catch (Exception e) {
        listener.stepFailed(view(job, step, attempt), e);
        throw new StepFailedException(step, e);
      }
      listener.stepSucceeded(view(job, step, attempt));
    }
  }

  private void invoke(Job job, Step step) throws Exception {
    Secret rotationToken = rotationTokens.issue(job.secretArn(), job.token());
    ObjectNode event =
        Json.object()
            .put("Step", step.wireName())
            .put("SecretId", job.secretArn())
            .put("ClientRequestToken", job.token())
            .put("RotationToken", rotationToken.reveal());
    try {
      job.function().invoke(Json.write(event));
    } catch (Error e) {
      // Lambda reports an Error of the function like any other failure
      throw new ExecutionException(e.toString(), e);
    }
  }

  /** What Secrets Manager itself looks at after a step. */
  private void requireEffect(Job job, Step step) throws EndedException, StepFailedException {
    Map<String, Set<String>> labels = labels(job);
    if (step == Step.CREATE
        && policy.acrossAccounts()
        && !rotationTokens.isProven(job.secretArn(), job.token())) {
      throw new EndedException(
          Outcome.FAILED,
          "Pending secret version %s for Secret %s was not created by Lambda. Remove the AWSPENDING staging label and restart rotation."
              .formatted(job.token(), job.secretArn()));
    }
    if (step == Step.FINISH
        && !labels.getOrDefault(job.token(), Set.of()).contains(Labels.CURRENT)) {
      throw new StepFailedException(
          step, "the function returned, but AWSCURRENT is not on version " + job.token());
    }
  }

  private RotationStep view(Job job, Step step, int attempt) throws EndedException {
    return new RotationStep(job.secretArn(), job.token(), step, attempt, labels(job));
  }

  /** The labels as they are, unless the rotation is no longer wanted. */
  private Map<String, Set<String>> labels(Job job) throws EndedException {
    if (closed.getCount() == 0) {
      throw new EndedException(Outcome.CANCELLED, "the model was closed");
    }
    StoredSecret secret = secrets.locked(() -> find(job));
    if (secret == null || secret.deletion != null) {
      throw new EndedException(Outcome.CANCELLED, "the secret was deleted");
    }
    if (!secret.labels.isOn(Labels.PENDING, job.token())
        && !secret.labels.isOn(Labels.CURRENT, job.token())) {
      throw new EndedException(
          Outcome.ABANDONED,
          "AWSPENDING was taken from version " + job.token() + " while it was rotated");
    }
    if (Boolean.FALSE.equals(secret.rotation.enabled())) {
      throw new EndedException(Outcome.CANCELLED, "rotation was switched off");
    }
    return secret.labels.byVersion();
  }

  private @Nullable StoredSecret find(Job job) {
    try {
      return secrets.edit(job.secretArn());
    } catch (ServiceException gone) {
      return null;
    }
  }

  private void finish(Job job) {
    if (job.isTest()) {
      endTest(job);
      return;
    }
    secrets.locked(
        () -> {
          StoredSecret secret = find(job);
          if (secret != null) {
            secret.rotation = secret.rotation.finished(secrets.now());
            secret.changed = secrets.now();
            secrets.save(secret);
          }
          return job;
        });
  }

  /** The test version goes, however the test went, and rotation is on from now. */
  private void endTest(Job job) {
    if (!job.isTest()) {
      return;
    }
    secrets.locked(
        () -> {
          StoredSecret secret = find(job);
          if (secret != null && !secret.labels.isOn(Labels.CURRENT, job.token())) {
            secret.labels.of(job.token()).forEach(secret.labels::remove);
            secret.versions.remove(job.token());
            secret.rotation = secret.rotation.enabled(true);
            secrets.save(secret);
          }
          return job;
        });
  }

  private static RotationResult result(Job job, Outcome outcome, int attempts, String message) {
    return new RotationResult(job.secretArn(), job.token(), outcome, attempts, message);
  }

  /** A step that runs may end first, for a while. */
  @Override
  public void close() {
    closed.countDown();
    executor.shutdown();
    try {
      executor.awaitTermination(LAST_STEP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** This attempt failed; another one may succeed. */
  private static final class StepFailedException extends Exception {
    private static final long serialVersionUID = 1;

    StepFailedException(Step step, String problem) {
      super(step.wireName() + ": " + problem);
    }

    StepFailedException(Step step, Exception cause) {
      super(step.wireName() + ": " + cause.getMessage(), cause);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** There is no point in another attempt. */
  private static final class EndedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Outcome outcome;

    EndedException(Outcome outcome, String message) {
      super(message);
      this.outcome = outcome;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}

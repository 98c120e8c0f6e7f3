package io.github.keyturn;

import static io.github.keyturn.RotationException.Reason.FAILED;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.github.keyturn.internal.Slf4j;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda entry point of a rotation function: a subclass names its {@link Rotator} in a public
 * constructor without arguments, and the template names the subclass as {@code Handler}.
 *
 * <p>It takes a {@code SecretsManagerRotationEvent}, runs its step, and writes {@code null}. Each
 * step leaves one line of JSON in the log: secret, version, step, outcome, milliseconds. A failed
 * step throws a {@link RotationException} without secret values, which makes Secrets Manager retry
 * the rotation.
 */
public abstract class RotationHandler implements RequestStreamHandler {

  private static final String SNAP_START = "snap-start";

  static {
    Slf4j.expectNoProvider();
  }

  private final Rotator rotator;
  private final RotationSettings settings;
  private final Map<String, String> environment;
  private final ProvenVersion proven = new ProvenVersion();
  private AwsClient.@Nullable Connection connection;
  private boolean noted;

  @SuppressWarnings("UnusedVariable") // held here, since the runtime holds it weakly
  private @Nullable Snapshot snapshot;

  /**
   * A handler with the settings of the environment and Secrets Manager as AWS runs it.
   *
   * @throws RotationException MISCONFIGURED when an environment variable is wrong
   */
  protected RotationHandler(Rotator rotator) {
    this(rotator, RotationSettings.fromEnvironment());
  }

  /** A handler with settings that its rotator shares, and Secrets Manager as AWS runs it. */
  protected RotationHandler(Rotator rotator, RotationSettings settings) {
    this(rotator, settings, System.getenv());
  }

  /** A handler with a store of its own, for tests. */
  protected RotationHandler(Rotator rotator, RotationSettings settings, SecretStore store) {
    this(rotator, settings, Map.of(), new AwsClient.Connection(store, null));
  }

  RotationHandler(Rotator rotator, RotationSettings settings, Map<String, String> environment) {
    this(rotator, settings, environment, null);
    if (SNAP_START.equals(environment.get("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
      snapshot = new Snapshot(environment, this::connection);
    } else {
      connection();
    }
  }

  RotationHandler(
      Rotator rotator,
      RotationSettings settings,
      Map<String, String> environment,
      AwsClient.@Nullable Connection connection) {
    this.rotator = rotator;
    this.settings = settings;
    this.environment = environment;
    this.connection = connection;
  }

  /** Made at the start, or after the snapshot that SnapStart takes of the started function. */
  private synchronized AwsClient.Connection connection() {
    AwsClient.Connection made = connection;
    if (made == null) {
      made = AwsClient.connect(settings, environment);
      connection = made;
    }
    return made;
  }

  /**
   * The same handler with something between it and Secrets Manager: for tools that drive it, count
   * its calls, or let them fail.
   */
  public final RotationHandler onStore(UnaryOperator<SecretStore> wrapper) {
    AwsClient.Connection ours = connection();
    return new RotationHandler(
        rotator,
        settings,
        environment,
        new AwsClient.Connection(wrapper.apply(ours.store()), ours.note())) {};
  }

  /**
   * Runs one step.
   *
   * @throws RotationException when the step failed
   */
  @Override
  public final void handleRequest(InputStream input, OutputStream output, @Nullable Context context)
      throws IOException {
    Instant start = Instant.now();
    RotationRequest request = RotationRequest.read(input);
    Redactor redactor = new Redactor();
    redactor.learn(request.rotationToken());
    StepLog log = new StepLog(request, redactor, context);
    AwsClient.Connection made = connection();
    logOnce(made.note(), log);
    RotationSteps steps =
        new RotationSteps(
            request, rotator, settings, made.store(), proven, redactor, Deadline.of(context), log);
    try {
      log.done(steps.run(), Duration.between(start, Instant.now()));
    } catch (VirtualMachineError e) {
      // it quotes nothing, and Lambda replaces a process that it ended
      throw e;
    } catch (Throwable unsafe) {
      RotationException failure = redactor.clean(typed(unsafe, redactor));
      log.failed(failure, Duration.between(start, Instant.now()));
      throw failure;
    }
    output.write("null".getBytes(StandardCharsets.UTF_8));
  }

  private void logOnce(@Nullable String note, StepLog log) {
    if (note != null && !noted) {
      log.note(note);
      noted = true;
    }
  }

  private static RotationException typed(Throwable failure, Redactor redactor) {
    if (failure instanceof RotationException typed) {
      return typed;
    }
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    String message =
        redactor.hidesForeignMessages()
            ? "createSecret failed; throw a RotationException for a message that may be shown"
            : failure.getMessage();
    return new RotationException(
        FAILED, "%s: %s".formatted(failure.getClass().getName(), message), failure);
  }
}

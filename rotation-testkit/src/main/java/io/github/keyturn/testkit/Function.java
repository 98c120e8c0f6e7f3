package io.github.keyturn.testkit;

import io.github.keyturn.RotationHandler;
import io.github.keyturn.RotationSettings;
import io.github.keyturn.Rotator;
import io.github.keyturn.SecretStore;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import java.time.Duration;
import java.util.function.Consumer;

/** A rotation function as Lambda keeps it warm: one rotator in one handler. */
final class Function implements AutoCloseable {

  private final Rotator rotator;
  private final HandlerFunction handler;
  private final Duration timeout;

  Function(
      Rotator rotator,
      RotationSettings settings,
      SecretStore store,
      Duration timeout,
      Consumer<String> log) {
    this.rotator = rotator;
    this.timeout = timeout;
    this.handler = HandlerFunction.of(new Handler(rotator, settings, store), timeout, log);
  }

  /** How long Lambda lets a step run. */
  Duration timeout() {
    return timeout;
  }

  void run(Step step, String secretArn, String token) throws Exception {
    handler.invoke(HandlerFunction.event(step, secretArn, token));
  }

  /** What a process holds goes with it; here the process lives on, so a rotator may help. */
  @Override
  public void close() {
    if (rotator instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("the rotator can't be closed", e);
      }
    }
  }

  private static final class Handler extends RotationHandler {
    Handler(Rotator rotator, RotationSettings settings, SecretStore store) {
      super(rotator, settings, store);
    }
  }
}

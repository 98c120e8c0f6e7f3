package io.github.keyturn;

import java.util.function.Supplier;

/**
 * The way from the function to Secrets Manager and to the target: counts the calls and can end the
 * function at one of them.
 */
final class Outside {

  /** Whether a call that the function dies at has had its effect. */
  enum Moment {
    BEFORE,
    AFTER
  }

  private static final int NEVER = -1;

  private int calls;
  private int crashAt = NEVER;
  private Moment moment = Moment.BEFORE;

  /** The function dies at the call of this number, counted from now on. */
  synchronized void crashAt(int call, Moment when) {
    calls = 0;
    crashAt = call;
    moment = when;
  }

  synchronized void heal() {
    crashAt = NEVER;
  }

  synchronized <T> T call(Supplier<T> effect) {
    calls++;
    crashIf(Moment.BEFORE);
    T result = effect.get();
    crashIf(Moment.AFTER);
    return result;
  }

  private void crashIf(Moment when) {
    if (calls == crashAt && moment == when) {
      throw new IllegalStateException("the function died");
    }
  }
}

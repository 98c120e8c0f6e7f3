package io.github.keyturn.local;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What goes wrong between a client and Secrets Manager, on demand, and a record of the calls. Every
 * call passes here, whichever door it came through; a call that is made to fail counts too.
 */
public final class Faults {

  private static final Set<String> KMS_OPERATIONS =
      Set.of(
          "BatchGetSecretValue",
          "CreateSecret",
          "GetSecretValue",
          "PutSecretValue",
          "UpdateSecret");

  /** In seconds; a deadline that is far away does not fit into milliseconds. */
  private static final long LONGEST_WAIT = 60;

  private final List<String> calls = new ArrayList<>();
  private final Map<String, Deque<Supplier<ServiceException>>> planned = new HashMap<>();
  private boolean kmsDenied;
  private boolean silent;
  private int hideEachWriteFor;
  private int hiddenReadsLeft;

  Faults() {}

  /** The operations that were called, in order, such as {@code GetSecretValue}. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Forgets the calls so far. */
  public synchronized void forgetCalls() {
    calls.clear();
  }

  /** The next calls of the operation are throttled. */
  public void throttle(String operation, int nextCalls) {
    plan(operation, nextCalls, () -> new ServiceException("ThrottlingException", "Rate exceeded"));
  }

  /** The next calls of the operation fail inside the service. */
  public void failInside(String operation, int nextCalls) {
    plan(
        operation,
        nextCalls,
        () -> ServiceException.internal("An error occurred on the server side."));
  }

  private synchronized void plan(
      String operation, int nextCalls, Supplier<ServiceException> failure) {
    Deque<Supplier<ServiceException>> plans =
        planned.computeIfAbsent(operation, name -> new ArrayDeque<>());
    for (int i = 0; i < nextCalls; i++) {
      plans.add(failure);
    }
  }

  /** From now on, whether KMS refuses every operation that touches a value. */
  public synchronized void denyKms(boolean denied) {
    kmsDenied = denied;
  }

  /**
   * From now on, whether calls are accepted and never answered. In the same process, a caller
   * without a deadline waits until this ends.
   */
  public synchronized void fallSilent(boolean silent) {
    this.silent = silent;
    notifyAll();
  }

  /** The next reads do not see the last write; or the next one, if it comes before them. */
  public synchronized void hideLastWrite(int reads) {
    hiddenReadsLeft = reads;
  }

  /** From now on, the reads that follow each write do not see it; 0 ends that. */
  public synchronized void hideEachWrite(int reads) {
    hideEachWriteFor = reads;
  }

  /** Back to a service that works; the record of the calls stays. */
  public synchronized void clear() {
    planned.clear();
    kmsDenied = false;
    hideEachWriteFor = 0;
    hiddenReadsLeft = 0;
    fallSilent(false);
  }

  /** Lets a call in, or fails it as planned. */
  synchronized void admit(String operation, Instant deadline) {
    calls.add(operation);
    awaitEndOfSilence(deadline);
    Deque<Supplier<ServiceException>> plans = planned.get(operation);
    if (plans != null && !plans.isEmpty()) {
      throw plans.remove().get();
    }
    if (kmsDenied && KMS_OPERATIONS.contains(operation)) {
      throw ServiceException.accessDenied("Access to KMS is not allowed");
    }
  }

  private synchronized void awaitEndOfSilence(Instant deadline) {
    try {
      while (silent) {
        long left =
            Instant.now().until(deadline, ChronoUnit.SECONDS) > LONGEST_WAIT
                ? LONGEST_WAIT * 1000
                : Instant.now().until(deadline, ChronoUnit.MILLIS);
        if (left <= 0) {
          throw new NoAnswerException();
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoAnswerException();
    }
  }

  synchronized void noteWrite() {
    if (hideEachWriteFor > 0) {
      hiddenReadsLeft = hideEachWriteFor;
    }
  }

  /** Whether this read has to do without the last write. */
  synchronized boolean hidesLastWrite() {
    if (hiddenReadsLeft == 0) {
      return false;
    }
    hiddenReadsLeft--;
    return true;
  }

  /** The caller's time was over before an answer came. */
  static final class NoAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoAnswerException() {
      super("the endpoint accepted the call and did not answer in time");
    }
  }
}

package io.github.keyturn.testkit;

import io.github.keyturn.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way from one function to Secrets Manager and to its target: records the calls, and disturbs
 * one of them.
 */
final class Outside {

  /** What the plan says, and whether it has come to it. */
  private record Plan(Disturbance what, Point point, Moment moment) {}

  private final List<Point> record = new ArrayList<>();
  private final Map<String, Integer> storeCalls = new HashMap<>();
  private final Runnable cutConnections;
  private Step step = Step.CREATE;
  private int connections;
  private @Nullable Plan plan;
  private boolean reached;
  private boolean functionDead;
  private boolean functionWaits;
  private boolean targetDown;
  private int functions;
  private @Nullable Thread functionThread;
  private Instant endOfTime = Instant.MAX;

  /**
   * @param cutConnections ends all connections to the target, without waiting
   */
  Outside(Runnable cutConnections) {
    this.cutConnections = cutConnections;
  }

  // What a trial plans and asks

  /** A new process: the calls are counted from one again. */
  synchronized void newFunction() {
    record.clear();
    storeCalls.clear();
    connections = 0;
    functions++;
    functionDead = false;
    functionWaits = false;
  }

  synchronized void plan(Disturbance what, Point point, Moment moment) {
    plan = new Plan(what, point, moment);
    reached = false;
  }

  synchronized void noPlan() {
    plan = null;
  }

  synchronized void targetDown(boolean down) {
    targetDown = down;
    if (down) {
      cutConnections.run();
    }
  }

  /** Whether the function came to the planned point. */
  synchronized boolean reached() {
    return reached;
  }

  synchronized boolean functionDead() {
    return functionDead;
  }

  synchronized List<Point> record() {
    return List.copyOf(record);
  }

  /** The calling thread is the function's, for a step of at most this duration. */
  synchronized void beginStep(Step newStep, Duration timeout) {
    step = newStep;
    storeCalls.clear();
    functionThread = Thread.currentThread();
    endOfTime = Instant.now().plus(timeout);
  }

  /** A function that gave up waiting is ended like one that was made to. */
  synchronized void endStep() {
    functionThread = null;
    if (functionWaits) {
      die();
      endOfTime = Instant.MIN;
      notifyAll();
    }
  }

  // What the store and the proxy report

  synchronized Point storeCall(String call) {
    int number = storeCalls.merge(call, 1, Integer::sum);
    Point point = Point.ofStore(step, call, number);
    record.add(point);
    return point;
  }

  synchronized Step step() {
    return step;
  }

  synchronized int newConnection() {
    return ++connections;
  }

  synchronized Point exchange(int connection, int number) {
    Point point = Point.ofTarget(step, connection, number);
    record.add(point);
    return point;
  }

  /** Whether the call, or its answer, may pass. */
  synchronized boolean lets(Point point, Moment moment) {
    if (isCut(point)) {
      return false;
    }
    Plan planned = plan;
    if (planned == null || planned.moment != moment || !planned.point.matches(point)) {
      return true;
    }
    plan = null;
    reached = true;
    switch (planned.what) {
      case CRASH -> die();
      case OUTAGE -> targetDown(true);
      case SILENCE -> {
        int waiting = functions;
        awaitEndOfTime();
        if (waiting != functions) {
          return false;
        }
        die();
      }
      case INTERRUPT -> {
        if (functionThread != null) {
          functionThread.interrupt();
        }
      }
    }
    return !isCut(point);
  }

  /** Whether the target can be reached at all. */
  synchronized boolean targetReachable() {
    return !functionDead && !targetDown;
  }

  private boolean isCut(Point point) {
    return functionDead || (targetDown && point.isAtTarget());
  }

  private void die() {
    functionDead = true;
    cutConnections.run();
  }

  /** Gives the monitor free meanwhile, as the function may go on elsewhere, or give up. */
  private void awaitEndOfTime() {
    boolean interrupted = false;
    functionWaits = true;
    while (Instant.now().isBefore(endOfTime)) {
      try {
        wait(Math.max(1, Duration.between(Instant.now(), endOfTime).toMillis()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

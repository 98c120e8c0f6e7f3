package io.github.keyturn.testkit;

import io.github.keyturn.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way from one function to Secrets Manager and to its target: records the calls, and lets
 * something happen at one of them.
 */
final class Outside {

  private record Plan(Point point, Moment moment, Runnable action) {}

  private final List<Point> record = new ArrayList<>();
  private final Map<String, Integer> storeCalls = new HashMap<>();
  private final Map<Integer, Integer> connections = new HashMap<>();
  private final Set<Integer> nodesDown = new HashSet<>();
  private final Runnable cutConnections;
  private Step step = Step.CREATE;
  private @Nullable Plan plan;
  private boolean reached;
  private boolean functionDead;
  private boolean functionWaits;
  private boolean targetDown;
  private int functions;
  private @Nullable Thread functionThread;
  private Instant endOfTime = Instant.MAX;

  /**
   * @param cutConnections ends the connections that may not go on ({@link #lets(int)}), without
   *     waiting
   */
  Outside(Runnable cutConnections) {
    this.cutConnections = cutConnections;
  }

  // What a trial plans and asks

  /** A new process: the calls are counted from one again. */
  synchronized void newFunction() {
    record.clear();
    storeCalls.clear();
    connections.clear();
    functions++;
    functionDead = false;
    functionWaits = false;
  }

  void plan(Disturbance what, Point point, Moment moment) {
    plan(
        point,
        moment,
        switch (what) {
          case CRASH -> this::die;
          case OUTAGE -> () -> targetDown(true);
          case NODE_OUTAGE -> () -> nodeDown(point.node(), true);
          case INTERRUPT -> this::interruptFunction;
          case SILENCE -> this::awaitEndOfTime;
        });
  }

  /** The action runs at the point, in the middle of the call. */
  synchronized void plan(Point point, Moment moment, Runnable action) {
    plan = new Plan(point, moment, action);
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

  /** The same for one of several nodes. */
  synchronized void nodeDown(int node, boolean down) {
    if (down) {
      nodesDown.add(node);
      cutConnections.run();
    } else {
      nodesDown.remove(node);
    }
  }

  /** Whether the function came to the planned point. */
  synchronized boolean reached() {
    return reached;
  }

  /** The same, for a point that may come after the end of its step: a connection's good-bye. */
  synchronized boolean awaitReached(Duration atMost) throws InterruptedException {
    Instant end = Instant.now().plus(atMost);
    while (!reached && Instant.now().isBefore(end)) {
      wait(Math.max(1, Duration.between(Instant.now(), end).toMillis()));
    }
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

  synchronized Step step() {
    return step;
  }

  synchronized Point storeCall(String call) {
    int number = storeCalls.merge(call, 1, Integer::sum);
    Point point = Point.ofStore(step, call, number);
    record.add(point);
    return point;
  }

  synchronized int newConnection(int node) {
    return connections.merge(node, 1, Integer::sum);
  }

  synchronized Point exchange(int node, int connection, int number) {
    Point point = Point.ofNode(step, node, connection, number);
    record.add(point);
    return point;
  }

  /** Whether the call, or its answer, may pass. */
  boolean lets(Point point, Moment moment) {
    Runnable action;
    int function;
    synchronized (this) {
      if (isCut(point)) {
        return false;
      }
      Plan planned = plan;
      if (planned == null || planned.moment != moment || !planned.point.matches(point)) {
        return true;
      }
      plan = null;
      reached = true;
      notifyAll();
      action = planned.action;
      function = functions;
    }
    action.run();
    synchronized (this) {
      return function == functions && !isCut(point);
    }
  }

  /** Whether this node of the target can be reached at all. */
  synchronized boolean lets(int node) {
    return !functionDead && !targetDown && !nodesDown.contains(node);
  }

  private boolean isCut(Point point) {
    return functionDead || (point.isAtTarget() && !lets(point.node()));
  }

  private synchronized void die() {
    functionDead = true;
    cutConnections.run();
  }

  private synchronized void interruptFunction() {
    if (functionThread != null) {
      functionThread.interrupt();
    }
  }

  private synchronized void awaitEndOfTime() {
    boolean interrupted = false;
    int function = functions;
    functionWaits = true;
    while (Instant.now().isBefore(endOfTime)) {
      try {
        wait(Math.max(1, Duration.between(Instant.now(), endOfTime).toMillis()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (function == functions) {
      die();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

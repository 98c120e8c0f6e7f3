package io.github.keyturn.testkit;

import io.github.keyturn.Step;

/**
 * An external call of a rotation, by a name that is the same when the rotation is run again.
 *
 * <p>A call of Secrets Manager is counted within its step. An exchange with the target is counted
 * within its connection, because the good-bye of one connection and the beginning of the next may
 * be seen in either order.
 *
 * @param call the operation, or empty for an exchange with the target
 * @param node the number of the node, from 1; 0 for a target that is not several
 * @param connection the number of the connection; 0 for a call of Secrets Manager
 * @param number which of its kind it is, from 1
 */
record Point(Step step, String call, int node, int connection, int number) {

  static Point ofStore(Step step, String call, int number) {
    return new Point(step, call, 0, 0, number);
  }

  static Point ofTarget(Step step, int connection, int number) {
    return ofNode(step, 0, connection, number);
  }

  static Point ofNode(Step step, int node, int connection, int number) {
    return new Point(step, "", node, connection, number);
  }

  boolean isAtTarget() {
    return connection > 0;
  }

  /** Whether this is the same call, in another run. */
  boolean matches(Point other) {
    return isAtTarget()
        ? node == other.node && connection == other.connection && number == other.number
        : equals(other);
  }

  @Override
  public String toString() {
    if (isAtTarget()) {
      String where = node == 0 ? "the target" : "node " + node;
      return "exchange %d with %s on connection %d in %s"
          .formatted(number, where, connection, step.wireName());
    }
    String which = number == 1 ? "" : " (no. " + number + ")";
    return "%s%s in %s".formatted(call, which, step.wireName());
  }
}

package io.github.keyturn.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server as the pool sees it: it lets in or refuses, and its connections live or die. */
final class FakeDatabase implements SuperuserPool.Opener {

  final AtomicInteger logins = new AtomicInteger();
  final List<FakeConnection> connections = new CopyOnWriteArrayList<>();
  private volatile @Nullable SQLException refusal;

  @Override
  public Connection open() throws SQLException {
    logins.incrementAndGet();
    SQLException refused = refusal;
    if (refused != null) {
      throw refused;
    }
    FakeConnection connection = new FakeConnection();
    connections.add(connection);
    return connection.proxy();
  }

  void refuse(SQLException why) {
    refusal = why;
  }

  void accept() {
    refusal = null;
  }

  FakeConnection last() {
    return connections.get(connections.size() - 1);
  }

  /** The few methods of a connection that the pool and the tests call. */
  static final class FakeConnection implements InvocationHandler {

    volatile boolean closed;
    private volatile boolean alive = true;
    private volatile boolean autoCommit = true;

    /** As when the server has restarted. */
    void die() {
      alive = false;
    }

    Connection proxy() {
      return (Connection)
          Proxy.newProxyInstance(
              FakeConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws SQLException {
      return switch (method.getName()) {
        case "isValid" -> alive && !closed;
        case "isClosed" -> closed;
        case "close", "abort" -> {
          closed = true;
          yield null;
        }
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> arguments != null && proxy == arguments[0];
        case "toString" -> "a fake connection";
        default -> ask(method, arguments);
      };
    }

    private @Nullable Object ask(Method method, Object @Nullable [] arguments) throws SQLException {
      if (!alive) {
        throw new SQLException("the server has closed the line", "08006");
      }
      return switch (method.getName()) {
        case "getAutoCommit" -> autoCommit;
        case "setAutoCommit" -> {
          autoCommit = arguments != null && Boolean.TRUE.equals(arguments[0]);
          yield null;
        }
        default -> none(method.getReturnType());
      };
    }

    private static @Nullable Object none(Class<?> type) {
      if (type == boolean.class) {
        return false;
      }
      return type == int.class ? 0 : null;
    }
  }
}

package io.github.keyturn.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SuperuserPoolOutageTest {

  /** Whether each connection that was opened is still alive. */
  private final List<AtomicBoolean> opened = new CopyOnWriteArrayList<>();

  private final DatabaseSecret login =
      DatabaseSecret.of(
          SecretDocument.parse(
              Secret.of(
                  """
                  {"engine": "any", "host": "h", "username": "root", "password": "p"}""")),
          new Engine("Any", Set.of("any"), 1, "any", 63, Engine.Unit.BYTES));

  @Test
  @DisplayName("A connection that an outage has ended is not lent again, however short the outage")
  void replacesAConnectionThatHasEnded() throws SQLException {
    try (SuperuserPool pool = new SuperuserPool()) {
      pool.connection(login, this::connection).close();
      opened.get(0).set(false);

      try (Connection next = pool.connection(login, this::connection)) {
        assertThat(next.isValid(1)).isTrue();
      }
    }
    assertThat(opened).hasSize(2);
  }

  private Connection connection() {
    AtomicBoolean alive = new AtomicBoolean(true);
    opened.add(alive);
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isValid" -> alive.get();
                  case "isClosed", "isReadOnly" -> false;
                  case "getAutoCommit" -> true;
                  case "getTransactionIsolation", "getNetworkTimeout", "getHoldability" -> 0;
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  case "toString" -> "a connection";
                  default -> null;
                });
  }
}

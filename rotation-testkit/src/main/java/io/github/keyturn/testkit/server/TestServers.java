package io.github.keyturn.testkit.server;

import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands tests a server that all tests of the JVM share: {@code @ExtendWith(TestServers.class)}, and
 * a {@link PostgresServer}, {@link MysqlServer}, {@link MariaDbServer} or {@link RedisServer} as
 * parameter of the constructor or the method. A server that no test asks for is not started.
 *
 * <p>A database logs every statement, so that any test can show what never appears in a log. It
 * belongs to everyone: make users and databases with names of your own, and start a server yourself
 * to stop it. It is closed after the last test.
 */
public final class TestServers implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(TestServers.class);
  private static final Map<String, String> LOG_EVERYTHING =
      Map.of("general_log", "ON", "slow_query_log", "ON", "long_query_time", "0");

  private static final Map<Class<?>, Supplier<? extends AutoCloseable>> SERVERS =
      Map.of(
          PostgresServer.class,
          () ->
              PostgresServer.start(
                  Map.of("log_statement", "all", "log_min_duration_statement", "0")),
          MysqlServer.class,
          () -> MysqlServer.start(LOG_EVERYTHING),
          MariaDbServer.class,
          () -> MariaDbServer.start(LOG_EVERYTHING),
          RedisServer.class,
          RedisServer::start);

  /** For JUnit. */
  public TestServers() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return SERVERS.containsKey(parameter.getParameter().getType());
  }

  @Override
  public AutoCloseable resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(
            parameter.getParameter().getType(),
            type -> Objects.requireNonNull(SERVERS.get(type)).get(),
            AutoCloseable.class);
  }
}

package io.github.keyturn.testkit.server;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands tests a server that all tests of the JVM share: {@code @ExtendWith(TestServers.class)}, and
 * a {@link PostgresServer} as parameter of the constructor or the method.
 *
 * <p>It logs every statement, so that any test can show what never appears in a log. It belongs to
 * everyone: make users and databases with names of your own, and start a server yourself to stop
 * it. It is closed after the last test.
 */
public final class TestServers implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(TestServers.class);
  private static final Map<String, String> LOG_EVERYTHING =
      Map.of("log_statement", "all", "log_min_duration_statement", "0");

  /** For JUnit. */
  public TestServers() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PostgresServer.class;
  }

  @Override
  public PostgresServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(
            PostgresServer.class,
            key -> PostgresServer.start(LOG_EVERYTHING),
            PostgresServer.class);
  }
}

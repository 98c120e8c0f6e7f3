package io.github.keyturn.postgres.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.ssl.WrappedFactory;

/**
 * The driver's own TLS by a file of authorities, with the file read once and not at each
 * connection: that of all of RDS holds more than a hundred.
 */
public final class SharedTlsFactory extends WrappedFactory {

  private static final Map<Bundle, LibPQFactory> FACTORIES = new ConcurrentHashMap<>();

  /** For the driver, after {@link #use}. */
  public SharedTlsFactory(Properties properties) throws SQLException {
    factory = shared(properties);
  }

  private record Bundle(String file, FileTime changed) {}

  /**
   * Makes connections with these properties use it.
   *
   * @throws SQLException when the file holds no authorities, as the driver says it
   */
  public static void use(Properties properties) throws SQLException {
    shared(properties);
    PGProperty.SSL_FACTORY.set(properties, SharedTlsFactory.class.getName());
  }

  private static LibPQFactory shared(Properties properties) throws SQLException {
    Bundle bundle = bundle(PGProperty.SSL_ROOT_CERT.getOrDefault(properties));
    LibPQFactory known = FACTORIES.get(bundle);
    if (known == null) {
      known = new LibPQFactory(properties);
      FACTORIES.put(bundle, known);
    }
    return known;
  }

  private static Bundle bundle(@Nullable String file) {
    String name = String.valueOf(file);
    try {
      return new Bundle(name, Files.getLastModifiedTime(Path.of(name)));
    } catch (IOException e) {
      // the driver finds better words for it
      return new Bundle(name, FileTime.fromMillis(0));
    }
  }
}

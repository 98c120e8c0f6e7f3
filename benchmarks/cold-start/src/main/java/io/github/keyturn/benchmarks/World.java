package io.github.keyturn.benchmarks;

import io.github.keyturn.Secret;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.server.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.postgresql.ds.PGSimpleDataSource;

/** What a rotation function talks to: Secrets Manager over HTTPS, and a PostgreSQL with TLS. */
final class World implements AutoCloseable {

  private final Authority authority;
  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final LocalEndpoint endpoint;
  private final PostgresServer postgres = PostgresServer.start();
  private final PGSimpleDataSource superuser = new PGSimpleDataSource();
  private int users;

  World(Path folder) throws IOException, GeneralSecurityException {
    authority = Authority.make(folder);
    endpoint = secrets.listen(0, tls(authority));
    superuser.setServerNames(new String[] {postgres.host()});
    superuser.setPortNumbers(new int[] {postgres.port()});
    superuser.setUser(postgres.superuser());
    superuser.setPassword(postgres.superuserPassword().reveal());
    superuser.setSslMode("disable");
    authority.trustToo(postgres.caBundle());
  }

  private static SSLContext tls(Authority authority) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(authority.serverKeys())) {
      keys.load(in, Authority.PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, Authority.PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  /** A user at the database with a secret of its own, and the first version of a rotation. */
  final class Rotation {
    private final String secret;
    private final String username;
    private final String password = UUID.randomUUID().toString();
    private String token;

    private Rotation() throws SQLException {
      users++;
      username = "app" + users;
      try (Connection connection = superuser.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(username, password));
      }
      secret = secrets.createSecret("benchmark/" + username, value(password));
      token = secrets.stage(secret);
    }

    /** What createSecret would have done. */
    void store() {
      secrets.store().putPending(secret, token, value(UUID.randomUUID().toString()), null);
    }

    /** Another rotation of the same secret. */
    void again() {
      token = secrets.stage(secret);
    }

    String event(String step) {
      return "{\"Step\":\"%s\",\"SecretId\":\"%s\",\"ClientRequestToken\":\"%s\"}"
          .formatted(step, secret, token);
    }

    private Secret value(String newPassword) {
      return Secret.of(
          "{\"engine\":\"postgres\",\"host\":\"%s\",\"port\":%d,\"dbname\":\"postgres\",\"username\":\"%s\",\"password\":\"%s\"}"
              .formatted(postgres.host(), postgres.port(), username, newPassword));
    }
  }

  Rotation rotation() throws SQLException {
    return new Rotation();
  }

  int calls() {
    return secrets.faults().calls().size();
  }

  /** What Lambda sets, and where we are. */
  Map<String, String> environment(int memory) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("LANG", "en_US.UTF-8");
    environment.put("TZ", ":UTC");
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_DEFAULT_REGION", "us-east-1");
    environment.put("AWS_ACCESS_KEY_ID", "ASIAEXAMPLEEXAMPLE00");
    environment.put("AWS_SECRET_ACCESS_KEY", "not-a-key/not-a-key/not-a-key/not-a-key0");
    environment.put("AWS_SESSION_TOKEN", "FwoGZXIvYXdzE".repeat(40));
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "cold-start");
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String.valueOf(memory));
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/cold-start");
    environment.put("AWS_LAMBDA_LOG_STREAM_NAME", "benchmark");
    environment.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
    environment.put("AWS_LAMBDA_LOG_LEVEL", "INFO");
    environment.put("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString());
    environment.put("TLS_CA_BUNDLE", postgres.caBundle().toString());
    environment.put("AWS_CA_BUNDLE", authority.bundle().toString());
    environment.put("BENCHMARK_AWS_ROOTS", authority.roots().toString());
    environment.put("BENCHMARK_TRUST_STORE", authority.trustStore().toString());
    return environment;
  }

  @Override
  public void close() {
    secrets.close();
    postgres.close();
  }
}

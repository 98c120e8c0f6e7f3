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

  /** The functions' own; the script keeps us and the servers to the others. */
  static final int CORE = Runtime.getRuntime().availableProcessors() - 1;

  private final Authority authority;
  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final LocalEndpoint endpoint;
  private final Credentials credentials = new Credentials();
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
    private final String next = UUID.randomUUID().toString();
    private String token;

    private Rotation() throws SQLException {
      users++;
      username = "app" + users;
      String password = UUID.randomUUID().toString();
      superuser("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(username, password));
      secret = secrets.createSecret("benchmark/" + username, value(password));
      token = secrets.stage(secret);
    }

    /** What createSecret would have done. */
    void create() {
      secrets.store().putPending(secret, token, value(next), null);
    }

    /** What setSecret would have done. */
    void set() throws SQLException {
      superuser("ALTER ROLE %s PASSWORD '%s'".formatted(username, next));
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

  private void superuser(String sql) throws SQLException {
    try (Connection connection = superuser.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Where Secrets Manager is, and who calls it, as Lambda says it. */
  Map<String, String> environment(boolean snapStart) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("SECRETS_MANAGER_ENDPOINT", endpoint.url().toString());
    environment.put("TLS_CA_BUNDLE", postgres.caBundle().toString());
    if (snapStart) {
      environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", credentials.url());
      environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", Credentials.TICKET);
    } else {
      environment.put("AWS_ACCESS_KEY_ID", Credentials.ACCESS_KEY_ID);
      environment.put("AWS_SECRET_ACCESS_KEY", Credentials.SECRET_ACCESS_KEY);
      environment.put("AWS_SESSION_TOKEN", Credentials.SESSION_TOKEN);
    }
    return environment;
  }

  /** As many authorities as a function of ours reads for AWS's own endpoints, and this one. */
  Map<String, String> onAws() {
    return Map.of("AWS_CA_BUNDLE", authority.roots().toString());
  }

  /** The JDK's own authorities, and this one; the SDK's client reads them. */
  Path trustStore() {
    return authority.trustStore();
  }

  /** What clients read that have one file for everybody. */
  Map<String, String> everythingTrusted() {
    return Map.of("AWS_CA_BUNDLE", authority.bundle().toString());
  }

  @Override
  public void close() {
    credentials.close();
    secrets.close();
    postgres.close();
  }
}

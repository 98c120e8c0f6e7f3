package io.github.keyturn.deployment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.testkit.server.RedisServer;
import java.util.Map;
import java.util.UUID;

/** A user of Redis, or the one that needs no name; a superuser changes either. */
final class RedisTarget implements Target, AutoCloseable {

  private static final String DEFAULT_USER = "default";

  private final RedisServer server =
      RedisServer.builder().persistence(RedisServer.Persistence.CONFIG_FILE).tls().start();
  private final boolean named;

  RedisTarget(boolean named) {
    this.named = named;
  }

  @Override
  public String newSecret(LocalSecretsManager secrets) {
    Secret password = Secret.of("first-" + UUID.randomUUID());
    ObjectNode secret = login(password);
    if (named) {
      String user = "u" + UUID.randomUUID().toString().replace("-", "");
      server.createUser(user, password, "+ping", "+info");
      secret.put("username", user);
    } else {
      server.run("CONFIG", "SET", "requirepass", password.reveal());
    }
    ObjectNode superuser = login(server.adminPassword()).put("username", RedisServer.ADMIN);
    secret.put("masterarn", secrets.createSecret("superuser", Secret.of(superuser.toString())));
    return secret.toString();
  }

  private ObjectNode login(Secret password) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("engine", "redis")
        .put("host", server.host())
        .put("port", server.port())
        .put("ssl", true)
        .put("password", password.reveal());
  }

  @Override
  public Map<String, String> variables() {
    return Map.of("TLS_CA_BUNDLE", server.caBundle().toString());
  }

  @Override
  public boolean accepts(String secretValue) {
    SecretDocument login = SecretDocument.parse(Secret.of(secretValue));
    return server.logsIn(login.find("username").orElse(DEFAULT_USER), login.secret("password"));
  }

  @Override
  public void close() {
    server.close();
  }
}

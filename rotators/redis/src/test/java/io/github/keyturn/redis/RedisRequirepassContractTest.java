package io.github.keyturn.redis;

import io.github.keyturn.Rotator;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.testkit.RotatorContract;
import io.github.keyturn.testkit.server.RedisServer;
import io.github.keyturn.testkit.server.RedisServer.Persistence;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;

/**
 * A server has one default user, so each thread of the contract has a server, which it uses for one
 * account after the other.
 */
@DisplayName("The contract: requirepass of Redis")
class RedisRequirepassContractTest extends RotatorContract {

  private static final String SERVER = "testServer";

  private final Map<String, RedisServer> servers = new ConcurrentHashMap<>();
  private final ThreadLocal<RedisServer> serverOfThread = ThreadLocal.withInitial(this::start);

  private RedisServer start() {
    RedisServer server = RedisServer.builder().persistence(Persistence.CONFIG_FILE).start();
    servers.put(String.valueOf(server.port()), server);
    return server;
  }

  @AfterAll
  void stop() {
    servers.values().forEach(RedisServer::close);
  }

  @Override
  protected Rotator rotator() {
    return new RedisRequirepassRotator(settings());
  }

  @Override
  protected Optional<InetSocketAddress> target() {
    RedisServer server = serverOfThread.get();
    return Optional.of(new InetSocketAddress(server.host(), server.port()));
  }

  @Override
  protected SecretDocument newAccount(InetSocketAddress address) {
    RedisServer server = serverOfThread.get();
    String password = "first-" + UUID.randomUUID();
    server.run("CONFIG", "SET", "requirepass", password);
    return SecretDocument.parse(
        Secret.of(
            """
            {"engine": "redis", "host": "%s", "port": %d, "ssl": false, "password": "%s",
             "%s": "%d"}"""
                .formatted(
                    address.getHostString(), address.getPort(), password, SERVER, server.port())));
  }

  @Override
  protected boolean logsIn(SecretDocument value) {
    return server(value).logsIn("default", value.secret("password"));
  }

  @Override
  protected Optional<Set<String>> liveCredentials(SecretDocument current) {
    return Optional.of(RedisAccounts.hashes(server(current), "default"));
  }

  private RedisServer server(SecretDocument value) {
    return Objects.requireNonNull(servers.get(value.text(SERVER)));
  }
}

package io.github.keyturn.deployment;

import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.PostgresServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the functions of the template rotate accounts of. */
final class Targets implements AutoCloseable {

  private final RedisTarget redisUser = new RedisTarget(true);
  private final RedisTarget redisDefault = new RedisTarget(false);
  private final ProviderTarget issuing = ProviderTarget.issuing();
  private final ProviderTarget accepting = ProviderTarget.accepting();
  private final Map<String, List<Target>> byFunction;

  Targets(PostgresServer postgres, MysqlServer mysql, MariaDbServer mariaDb) {
    byFunction =
        Map.of(
            "PostgresSingleUser", List.of(new PostgresTarget(postgres, false)),
            "PostgresAlternatingUsers", List.of(new PostgresTarget(postgres, true)),
            "MysqlDualPassword",
                List.of(new MysqlTarget(mysql, true), new MysqlTarget(mariaDb, true)),
            "MysqlSingleUser", List.of(new MysqlTarget(mysql, false)),
            "MysqlAlternatingUsers", List.of(new MysqlTarget(mysql, true)),
            "RedisAclUser", List.of(redisUser),
            "RedisRequirepass", List.of(redisDefault),
            "HttpApiKey", List.of(issuing, accepting));
  }

  Set<String> functions() {
    return byFunction.keySet();
  }

  List<Target> of(DeployedFunction function) {
    return byFunction.get(function.id());
  }

  @Override
  public void close() throws IOException {
    redisUser.close();
    redisDefault.close();
    issuing.close();
    accepting.close();
  }
}

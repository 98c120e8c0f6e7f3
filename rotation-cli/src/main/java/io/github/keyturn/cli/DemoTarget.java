package io.github.keyturn.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Servers that the demo can start. */
enum DemoTarget {
  POSTGRES("PostgreSQL"),
  MYSQL("MySQL"),
  MARIADB("MariaDB"),
  REDIS("Redis");

  private final String product;

  DemoTarget(String product) {
    this.product = product;
  }

  String product() {
    return product;
  }

  DemoServer start(Strategy strategy, Topology topology) {
    return switch (this) {
      case POSTGRES -> new PostgresDemoServer(strategy);
      case MYSQL -> MysqlDemoServer.mysql(strategy);
      case MARIADB -> MysqlDemoServer.mariaDb(strategy);
      case REDIS -> new RedisDemoServer(topology, strategy);
    };
  }

  /** The first is the default. */
  private List<Strategy> strategies() {
    return switch (this) {
      case POSTGRES -> List.of(Strategy.SINGLE_USER, Strategy.ALTERNATING_USERS);
      case MYSQL, MARIADB ->
          List.of(Strategy.DUAL_PASSWORD, Strategy.SINGLE_USER, Strategy.ALTERNATING_USERS);
      case REDIS -> List.of(Strategy.ACL_USER, Strategy.REQUIREPASS);
    };
  }

  Strategy strategy(Optional<Strategy> wanted) {
    Strategy strategy = wanted.orElse(strategies().get(0));
    if (!strategies().contains(strategy)) {
      throw CommandException.usage(
          "%s has no strategy %s; it has %s."
              .formatted(
                  this,
                  strategy,
                  strategies().stream().map(Strategy::toString).collect(Collectors.joining(", "))));
    }
    return strategy;
  }

  Topology topology(Optional<Topology> wanted) {
    if (wanted.isPresent() && this != REDIS) {
      throw CommandException.usage(
          "%s is one server here; --topology is for %s.".formatted(this, REDIS));
    }
    return wanted.orElse(Topology.STANDALONE);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

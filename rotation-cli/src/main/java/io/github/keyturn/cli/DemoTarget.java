package io.github.keyturn.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Servers that the demo can start. */
enum DemoTarget {
  POSTGRES("PostgreSQL"),
  MYSQL("MySQL"),
  MARIADB("MariaDB");

  private final String product;

  DemoTarget(String product) {
    this.product = product;
  }

  String product() {
    return product;
  }

  DemoServer start() {
    return switch (this) {
      case POSTGRES -> new PostgresDemoServer();
      case MYSQL -> MysqlDemoServer.mysql();
      case MARIADB -> MysqlDemoServer.mariaDb();
    };
  }

  /** The first is the default. */
  private List<Strategy> strategies() {
    return switch (this) {
      case POSTGRES -> List.of(Strategy.SINGLE_USER, Strategy.ALTERNATING_USERS);
      case MYSQL, MARIADB ->
          List.of(Strategy.DUAL_PASSWORD, Strategy.SINGLE_USER, Strategy.ALTERNATING_USERS);
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

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

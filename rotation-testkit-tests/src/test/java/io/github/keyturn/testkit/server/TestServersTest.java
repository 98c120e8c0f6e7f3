package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class TestServersTest {

  private final PostgresServer postgres;
  private final MysqlServer mysql;
  private final MariaDbServer mariaDb;

  TestServersTest(PostgresServer postgres, MysqlServer mysql, MariaDbServer mariaDb) {
    this.postgres = postgres;
    this.mysql = mysql;
    this.mariaDb = mariaDb;
  }

  @Test
  void givesEveryoneTheSameServer(
      PostgresServer postgres, MysqlServer mysql, MariaDbServer mariaDb) {
    assertThat(postgres).isSameAs(this.postgres);
    assertThat(mysql).isSameAs(this.mysql);
    assertThat(mariaDb).isSameAs(this.mariaDb);
  }
}

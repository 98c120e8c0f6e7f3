package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Secret;
import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.MysqlServer;
import io.github.keyturn.testkit.server.TestServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is computed here is what the servers compute. */
@ExtendWith(TestServers.class)
class PasswordPluginTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "secret",
        "Kennwört €",
        "0123456789012345678901234567890123456789",
        "01234567890123456789012345678901"
      })
  void recognisesWhatMysqlHasStored(String password, MysqlServer server) {
    try (TestBed bed = TestBed.singleUser(server)) {
      for (PasswordPlugin plugin :
          new PasswordPlugin[] {PasswordPlugin.CACHING_SHA2, PasswordPlugin.NATIVE}) {
        bed.sql(
            "ALTER USER `%s` IDENTIFIED WITH %s BY '%s'"
                .formatted(bed.user, plugin.pluginName(), password));
        String stored =
            bed.ask(
                "SELECT authentication_string FROM mysql.user WHERE User = '%s'"
                    .formatted(bed.user));

        assertThat(plugin.matches(Secret.of(password), stored)).isTrue();
        assertThat(plugin.matches(Secret.of(password + "x"), stored)).isFalse();
        assertThat(plugin.matches(Secret.of(password), "")).isFalse();
      }
    }
  }

  @Test
  void hashesAsMariaDb(MariaDbServer server) {
    try (TestBed bed = TestBed.singleUser(server)) {
      assertThat(PasswordPlugin.NATIVE.hash(Secret.of("Kennwört €")))
          .isEqualTo(bed.ask("SELECT PASSWORD('Kennwört €')"));
    }
  }

  /** Of a MariaDB 10.11 with its plugin, which the binaries of the tests do not have. */
  @ParameterizedTest
  @CsvSource({
    "a1, vkM3wTubZs8FkjLeMva0lepHIVtg7r/dQhXJ1H1QZoY",
    "b1, TnbYHzaqWRmhrO47oTliogOdM4+mo+gRTgxozEHW9p0",
    "secret, ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY"
  })
  void hashesAsEd25519(String password, String stored) {
    assertThat(PasswordPlugin.ED25519.hash(Secret.of(password))).isEqualTo(stored);
  }
}

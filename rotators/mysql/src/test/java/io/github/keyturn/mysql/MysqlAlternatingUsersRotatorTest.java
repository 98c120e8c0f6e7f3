package io.github.keyturn.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.testkit.server.MariaDbServer;
import io.github.keyturn.testkit.server.TestServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class MysqlAlternatingUsersRotatorTest {
  @Test
  void x(MariaDbServer server) throws Exception {
    try (TestBed bed = TestBed.alternatingUsers(server)) {
      try {
        bed.rotate();
      } finally {
        System.out.println(bed.log);
      }
      bed.rotate();
      bed.rotate();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }
}

package io.github.keyturn.mysql;

import io.github.keyturn.testkit.server.MysqlServer;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Where AWS's templates break: MySQL")
class MysqlTemplateFailuresTest extends TemplateFailures {

  MysqlTemplateFailuresTest(MysqlServer server) {
    super(server);
  }
}

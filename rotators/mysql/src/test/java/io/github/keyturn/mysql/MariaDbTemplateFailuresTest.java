package io.github.keyturn.mysql;

import io.github.keyturn.testkit.server.MariaDbServer;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Where AWS's templates break: MariaDB")
class MariaDbTemplateFailuresTest extends TemplateFailures {

  MariaDbTemplateFailuresTest(MariaDbServer server) {
    super(server);
  }
}

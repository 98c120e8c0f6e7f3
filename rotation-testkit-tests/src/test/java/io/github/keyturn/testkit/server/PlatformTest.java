package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PlatformTest {

  @Test
  void saysWhichMachinesCanRunAServer() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> Platform.resource("MySQL", "/any", "group:artifact", "Mac OS X", "aarch64"))
        .withMessage(
            "there is no MySQL for Mac OS X aarch64 in Maven, only for Linux amd64: set KEYTURN_TESTCONTAINERS=true to use Docker");
  }

  @Test
  void saysWhatToAdd() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> Platform.resource("MySQL", "/no-such-file", "group:artifact", "Linux", "amd64"))
        .withMessage(
            "no MySQL on the class path (/no-such-file): add group:artifact as a test dependency, or set KEYTURN_TESTCONTAINERS=true to use Docker");
  }
}

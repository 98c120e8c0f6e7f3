package io.github.keyturn.jdbc;

import static io.github.keyturn.RotationException.Reason.NETWORK;
import static io.github.keyturn.jdbc.Samples.POSTGRES;
import static io.github.keyturn.jdbc.SuperuserLoginTest.INSTANCE_TAG;
import static io.github.keyturn.jdbc.SuperuserLoginTest.MANAGED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.RotationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** A class of its own, because it waits while others work. */
class SuperuserLoginSilenceTest {

  @BeforeEach
  void setCredentials() {
    System.setProperty("aws.region", "eu-west-1");
    System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
    System.setProperty("aws.secretAccessKey", "example");
  }

  @AfterEach
  void clear() {
    System.clearProperty("aws.region");
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    System.clearProperty("aws.endpointUrlRds");
  }

  @Test
  void doesNotWaitForEverForAnAnswerThatNeverEnds() throws IOException {
    try (RdsStandIn rds = new RdsStandIn()) {
      rds.trickle();
      System.setProperty("aws.endpointUrlRds", rds.endpoint().toString());

      assertBounded();
    }
  }

  @Test
  void doesNotWaitForEverForAnAnswerThatNeverBegins() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      System.setProperty(
          "aws.endpointUrlRds",
          "http://%s:%d"
              .formatted(silent.getInetAddress().getHostAddress(), silent.getLocalPort()));

      assertBounded();
    }
  }

  /** Each attempt has its time, too: only all of them together come to this limit. */
  private static void assertBounded() {
    RotationException failure =
        SuperuserLoginTest.refused(
            new SuperuserLogin(POSTGRES), MANAGED, INSTANCE_TAG, SuperuserLoginTest.owner());

    assertThat(failure.reason()).isEqualTo(NETWORK);
    assertThat(failure).hasStackTraceContaining(ApiCallTimeoutException.class.getName());
  }
}

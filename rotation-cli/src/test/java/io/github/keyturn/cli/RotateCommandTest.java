package io.github.keyturn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keyturn.Step;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestServers.class)
class RotateCommandTest {

  private final PostgresServer server;

  RotateCommandTest(PostgresServer server) {
    this.server = server;
  }

  @Test
  void rotatesASecretOverHttp() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      String old = bed.current();

      Cli rotate = bed.rotate();

      assertThat(rotate.err()).isEmpty();
      assertThat(rotate.exitCode()).isZero();
      assertThat(rotate.out())
          .contains(bed.describe().arn())
          .contains("createSecret", "setSecret", "testSecret")
          .contains(
              "AWSCURRENT=%s  AWSPENDING=%1$s  AWSPREVIOUS=%s"
                  .formatted(Output.shorten(bed.current()), Output.shorten(old)))
          .doesNotContain("\u001b")
          .doesNotContain(bed.passwords());
      assertThat(bed.current()).isNotEqualTo(old);
      assertThat(bed.logsIn(bed.current())).isTrue();
      assertThat(bed.logsIn(old)).isFalse();
    }
  }

  @Test
  void rotatesAgainAndAgain() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      assertThat(bed.rotate().exitCode()).isZero();
      String first = bed.current();

      assertThat(bed.rotate().exitCode()).isZero();

      assertThat(bed.current()).isNotEqualTo(first);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("stands for RotateSecret, which switches rotation on again after CancelRotateSecret")
  void rotatesASecretWhoseRotationWasCancelled() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      bed.cancelRotation();

      assertThat(bed.rotate().exitCode()).isZero();

      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void goesOnWithAnUnfinishedRotation() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      String token = bed.abandonAfter(Step.CREATE, Step.SET);

      Cli rotate = bed.rotate();

      assertThat(rotate.exitCode()).as(rotate.err()).isZero();
      assertThat(bed.current()).isEqualTo(token);
      assertThat(bed.logsIn(token)).isTrue();
    }
  }

  @Test
  void goesOnWithARotationThatHasNoValueYet() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      String token = bed.abandonAfter();

      assertThat(bed.rotate().exitCode()).isZero();

      assertThat(bed.current()).isEqualTo(token);
    }
  }

  @Test
  void recoversWithANewTokenFromAnAbandonedRotation() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      String abandoned = bed.abandonAfter(Step.CREATE, Step.SET);
      assertThat(bed.logsIn(bed.current())).isFalse();

      Cli rotate = bed.rotate("--new-token");

      assertThat(rotate.exitCode()).as(rotate.err()).isZero();
      assertThat(bed.current()).isNotEqualTo(abandoned);
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  @Test
  void namesTheStepThatFailedAndHowToGoOn() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      String old = bed.current();
      bed.changePasswordBehindOurBack();

      Cli rotate = bed.rotate();

      assertThat(rotate.exitCode()).isEqualTo(1);
      assertThat(rotate.out())
          .contains("ok      createSecret", "FAILED  setSecret")
          .doesNotContain("testSecret");
      String pending = bed.describe().versionWith("AWSPENDING").orElseThrow();
      assertThat(rotate.err())
          .contains("setSecret failed: REJECTED: ", "goes on with version " + pending)
          .contains("--new-token");
      assertThat(rotate.out() + rotate.err()).doesNotContain(bed.passwords());
      assertThat(bed.current()).isEqualTo(old);
    }
  }

  @Test
  void printsTheHandlersLogOnRequestAndNoSecretInIt() throws Exception {
    try (Bed bed = new Bed(server, false)) {
      Cli rotate = bed.rotate("--verbose");

      assertThat(rotate.exitCode()).isZero();
      assertThat(rotate.err()).contains("\"finishSecret\"").doesNotContain(bed.passwords());
    }
  }

  @Test
  void trustsTheAuthorityThatTheEnvironmentNames() throws Exception {
    try (Bed bed = new Bed(server, true)) {
      assertThat(endOfChild(bed, Map.of("TLS_CA_BUNDLE", server.untrustedCaBundle().toString())))
          .isEqualTo(1);
      assertThat(endOfChild(bed, Map.of("TLS_CA_BUNDLE", server.caBundle().toString()))).isZero();
      assertThat(bed.logsIn(bed.current())).isTrue();
    }
  }

  private static int endOfChild(Bed bed, Map<String, String> environment) throws Exception {
    try (Child rotate =
        Child.keyturn(
            environment, "rotate", "--secret-id", Bed.SECRET, "--endpoint-url", bed.endpoint())) {
      int exitCode = rotate.awaitEnd();
      assertThat(rotate.err()).contains(exitCode == 0 ? "" : "setSecret failed: TLS: ");
      return exitCode;
    }
  }
}

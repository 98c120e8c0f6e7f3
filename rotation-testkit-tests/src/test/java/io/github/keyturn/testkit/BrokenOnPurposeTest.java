package io.github.keyturn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The kit finds each mistake, names the rule, and says where to look. */
class BrokenOnPurposeTest {

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of(BrokenRotators.SetsTooEarly.class, "R3", "create changes the target"),
        Arguments.of(BrokenRotators.DropsForeignFields.class, "R2", "current.with(…)"),
        Arguments.of(BrokenRotators.ForgetsToTryPending.class, "R3", "tried with pending"),
        Arguments.of(
            BrokenRotators.TakesALoginForEverything.class, "R3", "AWSCURRENT does not log in"),
        Arguments.of(
            BrokenRotators.TakesAnOutageForAWrongPassword.class,
            "R8",
            "an outage is taken for a wrong password"),
        Arguments.of(
            BrokenRotators.ThrowsAWrongPassword.class,
            "R9",
            "a wrong password is taken for a failure"),
        Arguments.of(
            BrokenRotators.ChecksNothing.class, "R9", "without logging in with the candidate"),
        Arguments.of(BrokenRotators.LeaksInAMessage.class, "R7", "a log line shows"),
        Arguments.of(BrokenRotators.LogsTheEvent.class, "R7", "System.out or System.err shows"),
        Arguments.of(BrokenRotators.RetainsTwice.class, "R10", "the target refused AWSCURRENT"),
        Arguments.of(BrokenRotators.OverlapsInNameOnly.class, "R10", "AWSPREVIOUS does not log in"),
        Arguments.of(BrokenRotators.RetiresTheCurrentKey.class, "R1", "createSecret fails"),
        Arguments.of(
            BrokenRotators.RetiresWithoutAsking.class, "R10", "the target refused AWSCURRENT"),
        Arguments.of(BrokenRotators.NeverRetires.class, "R10", "after three rotations"),
        Arguments.of(BrokenRotators.LosesKeys.class, "R6", "label it with Rotation.token()"),
        Arguments.of(BrokenNodes.ChangesOneNode.class, "R1", "AWSCURRENT does not log in"),
        Arguments.of(BrokenNodes.ChecksOneNode.class, "R1", "check asks one node"),
        Arguments.of(BrokenNodes.PassesADeadNodeBy.class, "R8", "AWSCURRENT does not log in"),
        Arguments.of(
            BrokenNodes.TakesADeadNodeForARefusal.class,
            "R8",
            "an outage is taken for a wrong password"),
        Arguments.of(BrokenCores.SkipsThePromotion.class, "R1", "AWSCURRENT is on another version"),
        Arguments.of(BrokenCores.ForgetsRemoveFromVersionId.class, "R1", "RemoveFromVersionId"),
        Arguments.of(BrokenCores.PromotesWithoutComparing.class, "R4", "without comparing"),
        Arguments.of(
            BrokenCores.TriesNoOlderVersions.class,
            "R3",
            "and then a new token, setSecret fails (REJECTED"),
        Arguments.of(
            BrokenCores.MakesANewValueEachTime.class, "R3", "createSecret makes a new value"),
        Arguments.of(
            BrokenCores.ReturnsEarlyInFinishSecret.class, "R10", "finishSecret returns early"));
  }

  @ParameterizedTest(name = "{0} breaks {1}")
  @MethodSource("mistakes")
  void isFound(Class<? extends RotatorContract> broken, String rule, String useful) {
    Map<String, String> failures = failures(broken);

    assertThat(failures).as("the rules that were broken").containsKey(rule);
    assertThat(failures.get(rule)).contains(rule + ": after").contains(useful);
    assertThat(failures.get(rule)).contains("likely reason: ").doesNotContain("first-");
  }

  @Test
  @DisplayName("Nothing secret and nothing unescaped is in the report of a leaking rotator")
  void reportsSafely() throws IOException {
    failures(BrokenRotators.LogsTheEvent.class);

    String report =
        Files.readString(
            Path.of("target", "toy-contracts", "contract-report.html"), StandardCharsets.UTF_8);

    assertThat(report).contains("System.out or System.err shows").contains("LogsTheEvent");
    assertThat(report).contains("&quot;password&quot;").doesNotContain("first-");
  }

  /** The messages of a contract's failing tests, by rule. */
  private static Map<String, String> failures(Class<?> contract) {
    Map<String, String> failures = new TreeMap<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(contract)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                  failures.put(
                      test.getDisplayName().replaceAll(":.*", ""),
                      result.getThrowable().map(Throwable::getMessage).orElse(""));
                }
              }
            });
    return failures;
  }
}

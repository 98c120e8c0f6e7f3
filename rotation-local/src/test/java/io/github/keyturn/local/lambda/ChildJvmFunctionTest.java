package io.github.keyturn.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmFunctionTest {

  private static final String CLASSES = "io/github/keyturn/local/lambda/";

  private final Path folder;
  private final List<String> log = new CopyOnWriteArrayList<>();

  ChildJvmFunctionTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void runsAZipAsLambdaDoes() throws Exception {
    try (ChildJvmFunction function =
        function(Handlers.Introspection.class)
            .name("postgres")
            .memory(256)
            .timeout(Duration.ofSeconds(20))
            .build()) {
      Invocation invocation = function.call(event("{}"));

      assertThat(invocation.failed()).as(invocation.payload()).isFalse();
      List<String> told = told(invocation);
      assertThat(told.get(0)).isEqualTo(invocation.requestId());
      assertThat(told.get(1)).isEqualTo("postgres");
      assertThat(told.get(2)).isEqualTo("arn:aws:lambda:us-east-1:123456789012:function:postgres");
      assertThat(told.get(3)).isEqualTo("256");
      assertThat(Integer.parseInt(told.get(4))).isBetween(200, 218);
      assertThat(Integer.parseInt(told.get(5))).isBetween(10_000, 20_000);
      assertThat(told.get(6)).contains("keyturn-task-");
      assertThat(told.get(7)).matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};.*");
      assertThat(told.get(8).split(","))
          .as("the function's own classes are not on the class path")
          .allMatch(jar -> jar.matches(".*/(aws-lambda-java-|utils-lite-).*\\.jar"));
      assertThat(invocation.report())
          .matches(
              "REPORT RequestId: %s\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms"
                  .formatted(invocation.requestId()));
    }
  }

  @Test
  void givesLambdasEnvironmentAndNothingElse() throws Exception {
    try (ChildJvmFunction function =
        function(Handlers.Environment.class)
            .environment(Map.of("PASSWORD_LENGTH", "40", "AWS_REGION", "eu-west-1"))
            .build()) {
      List<String> variables = told(function.call(event("{}")));

      assertThat(variables)
          .contains(
              "PASSWORD_LENGTH=40",
              "AWS_REGION=eu-west-1",
              "AWS_LAMBDA_FUNCTION_NAME=rotation",
              "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
              "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
              "AWS_LAMBDA_LOG_FORMAT=Text",
              "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
              "_HANDLER=" + Handlers.Environment.class.getName());
      assertThat(variables.stream().map(variable -> variable.substring(0, variable.indexOf('='))))
          .containsExactlyInAnyOrder(
              "_HANDLER",
              "AWS_ACCESS_KEY_ID",
              "AWS_DEFAULT_REGION",
              "AWS_EXECUTION_ENV",
              "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
              "AWS_LAMBDA_FUNCTION_NAME",
              "AWS_LAMBDA_FUNCTION_VERSION",
              "AWS_LAMBDA_INITIALIZATION_TYPE",
              "AWS_LAMBDA_LOG_FORMAT",
              "AWS_LAMBDA_LOG_GROUP_NAME",
              "AWS_LAMBDA_LOG_STREAM_NAME",
              "AWS_LAMBDA_RUNTIME_API",
              "AWS_REGION",
              "AWS_SECRET_ACCESS_KEY",
              "LAMBDA_RUNTIME_DIR",
              "LAMBDA_TASK_ROOT",
              "LANG",
              "PASSWORD_LENGTH",
              "PATH",
              "TZ");
    }
  }

  @Test
  void keepsItsProcessWarm() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Counter.class).build()) {
      Invocation cold = function.call(event("{}"));
      Invocation warm = function.call(event("{}"));

      assertThat(told(cold).get(0)).isEqualTo("1");
      assertThat(told(warm)).containsExactly("2", told(cold).get(1));
      assertThat(cold.initDuration()).isPresent();
      assertThat(warm.initDuration()).isEmpty();
      assertThat(warm.peakMemory()).isPresent();
    }
  }

  @Test
  void runsInvocationsAtTheSameTimeInProcessesOfTheirOwn() throws Exception {
    try (ChildJvmFunction function =
        function(Handlers.Obedient.class).timeout(Duration.ofSeconds(5)).build()) {
      CompletableFuture<Invocation> sleeping =
          CompletableFuture.supplyAsync(() -> call(function, "sleep"));

      assertThat(call(function, "nothing").failed()).isFalse();
      assertThat(sleeping.get().errorType()).hasValue("Sandbox.Timedout");
    }
  }

  @Test
  void tellsOfAFailureAsTheRuntimeDoes() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Obedient.class).build()) {
      Invocation before = call(function, "nothing");
      Invocation failed = call(function, "throw");
      Invocation after = call(function, "nothing");

      assertThat(failed.failed()).isTrue();
      assertThat(failed.errorType()).hasValue("java.lang.IllegalStateException");
      assertThat(failed.errorMessage()).hasValue("as ordered");
      assertThat(failed.payload()).contains("\"stackTrace\":[\"", "Handlers$Obedient");
      assertThat(told(after)).as("it is still the same process").isEqualTo(told(before));
      assertThatThrownBy(() -> function.invoke(event("\"throw\"")))
          .isInstanceOf(FunctionException.class)
          .hasMessage("java.lang.IllegalStateException: as ordered");
    }
  }

  @Test
  void killsWhatDoesNotEndInTime() throws Exception {
    try (ChildJvmFunction function =
        function(Handlers.Obedient.class).timeout(Duration.ofMillis(1500)).build()) {
      Invocation before = call(function, "nothing");
      Invocation late = call(function, "sleep");
      Invocation after = call(function, "nothing");

      assertThat(late.errorType()).hasValue("Sandbox.Timedout");
      assertThat(late.errorMessage())
          .hasValue(
              "RequestId: %s Error: Task timed out after 1.50 seconds".formatted(late.requestId()));
      long pid = Long.parseLong(told(before).get(1));
      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
      assertThat(after.initDuration()).as("a cold start").isPresent();
    }
  }

  @Test
  void noticesThatAProcessHasEndedItself() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Obedient.class).build()) {
      for (Map.Entry<String, String> end :
          Map.of(
                  "exit", "with error: exit status 3",
                  "end", "without providing a reason",
                  "die", "with error: signal: killed")
              .entrySet()) {
        Invocation invocation = call(function, end.getKey());

        assertThat(invocation.errorType()).hasValue("Runtime.ExitError");
        assertThat(invocation.errorMessage())
            .hasValue(
                "RequestId: %s Error: Runtime exited %s"
                    .formatted(invocation.requestId(), end.getValue()));
      }
      assertThat(call(function, "nothing").failed()).isFalse();
    }
  }

  @Test
  void replacesAProcessThatIsOutOfMemory() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Obedient.class).memory(128).build()) {
      Invocation devouring = call(function, "devour");
      Invocation after = call(function, "nothing");

      assertThat(devouring.errorType()).hasValue("java.lang.OutOfMemoryError");
      assertThat(after.failed()).isFalse();
      assertThat(after.initDuration()).isPresent();
    }
  }

  @Test
  void triesToInitialiseTwice() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Stillborn.class).build()) {
      Invocation invocation = function.call(event("{}"));

      assertThat(invocation.errorType()).hasValue("java.lang.IllegalArgumentException");
      assertThat(invocation.errorMessage()).hasValue("SETTLE_SECONDS is 'x'");
      assertThat(log.stream().filter("an attempt"::equals)).hasSize(2);
    }
  }

  @Test
  void tellsOfAProcessThatEndsBeforeItIsReady() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Suicidal.class).build()) {
      assertThat(function.call(event("{}")).errorMessage())
          .hasValueSatisfying(
              message -> assertThat(message).endsWith("Runtime exited with error: exit status 4"));
    }
  }

  @Test
  void tellsOfAHandlerThatIsNotThere() throws Exception {
    try (ChildJvmFunction function =
        function(Handlers.Echo.class).handler("com.example.Missing").build()) {
      assertThat(function.call(event("{}")).errorMessage())
          .hasValue("Class not found: com.example.Missing");
    }
  }

  @Test
  void passesOnAllThatIsWritten() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Obedient.class).build()) {
      call(function, "talk");
    }
    assertThat(log).contains("to standard output", "to standard error", "to the logger");
  }

  /** A function that writes no end of a line must not take the memory of who runs it. */
  @Test
  void cutsLinesThatAreLongerThanALogTakes() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Obedient.class).build()) {
      call(function, "endless");
    }
    assertThat(log).allMatch(line -> line.length() <= 1024 * 1024);
    assertThat(log.stream().filter(line -> line.startsWith("xxx")).mapToInt(String::length).sum())
        .isEqualTo(3_000_000);
  }

  @Test
  void runsTheHooksOfASnapshot() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Restored.class).snapStart().build()) {
      Invocation invocation = function.call(event("{}"));

      assertThat(told(invocation)).containsExactly("made,checkpoint,restored,called", "null");
      assertThat(invocation.restoreDuration()).isPresent();
      assertThat(invocation.report()).contains("\tRestore Duration: ");
    }
  }

  @Test
  void tellsOfAHookThatFails() throws Exception {
    try (ChildJvmFunction function = function(Handlers.Unrestorable.class).snapStart().build()) {
      assertThat(function.call(event("{}")).errorType())
          .hasValue("com.amazonaws.services.lambda.crac.RestoreException");
    }
  }

  @Test
  void runsAnotherCommandInItsPlace() throws Exception {
    Path script = Files.writeString(folder.resolve("runtime.sh"), "echo \"$0 $_HANDLER\"; exit 7");
    try (ChildJvmFunction function =
        function(Handlers.Echo.class).command(line -> List.of("sh", script.toString())).build()) {
      assertThat(function.call(event("{}")).errorMessage())
          .hasValueSatisfying(message -> assertThat(message).endsWith("exit status 7"));
    }
    assertThat(log).contains(script + " " + Handlers.Echo.class.getName());
  }

  @Test
  void leavesNothingBehind() throws Exception {
    ChildJvmFunction function = function(Handlers.Environment.class).build();
    List<Path> folders = folders(told(function.call(event("{}"))));
    List<ProcessHandle> processes = ProcessHandle.current().children().toList();
    assertThat(folders).hasSize(2).allMatch(Files::isDirectory);
    assertThat(processes).isNotEmpty();

    function.close();

    assertThat(folders).noneMatch(Files::exists);
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void takesAFolderAsItIs() throws Exception {
    Path classes = Files.createDirectories(folder.resolve("task/" + CLASSES));
    for (Path file : classFiles()) {
      Files.copy(file, classes.resolve(file.getFileName()));
    }
    try (ChildJvmFunction function =
        ChildJvmFunction.builder(folder.resolve("task"))
            .handler(Handlers.Echo.class.getName())
            .build()) {
      assertThat(function.call(event("{\"a\":\"ü\"}")).payload()).isEqualTo("{\"a\":\"ü\"}");
    }
    assertThat(classes).isNotEmptyDirectory();
  }

  @Test
  void findsTheOnlyHandlerInsideAJar() throws Exception {
    Path jar = zip("inner.jar", Map.of("com/acme/AcmeRotationHandler.class", "x".getBytes(UTF_8)));
    Path one = zip("one.zip", Map.of("lib/inner.jar", Files.readAllBytes(jar)));
    Path two =
        zip(
            "two.zip",
            Map.of(
                "lib/inner.jar", Files.readAllBytes(jar),
                "com/acme/OtherRotationHandler.class", "x".getBytes(UTF_8),
                "io/github/keyturn/RotationHandler.class", "x".getBytes(UTF_8)));

    assertThat(ChildJvmFunction.handlers(one)).containsExactly("com.acme.AcmeRotationHandler");
    assertThat(ChildJvmFunction.handlers(two))
        .containsExactly("com.acme.AcmeRotationHandler", "com.acme.OtherRotationHandler");
    ChildJvmFunction.builder(one).build().close();
    assertThatThrownBy(() -> ChildJvmFunction.builder(two).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has several handlers; name one of com.acme.AcmeRotationHandler, ");
  }

  @Test
  void refusesWhatIsNoDeploymentPackage() throws Exception {
    Path text = Files.writeString(folder.resolve("text.zip"), "no zip");
    Path escaping = zip("escaping.zip", Map.of("../outside", new byte[1]));
    Path empty = zip("empty.zip", Map.of("readme", new byte[1]));

    assertThatThrownBy(() -> ChildJvmFunction.builder(text).build())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("text.zip is not a zip file, or is empty");
    assertThatThrownBy(() -> ChildJvmFunction.builder(escaping).build())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has an entry outside itself: ../outside");
    assertThatThrownBy(() -> ChildJvmFunction.builder(empty).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no class whose name ends in RotationHandler");
    assertThatThrownBy(() -> ChildJvmFunction.builder(folder.resolve("none.zip")).build())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no file", "none.zip");
    assertThat(folder.resolve("outside")).doesNotExist();
  }

  @Test
  @DisplayName("A zip bomb, and a name that no file can have")
  void unpacksNothingThatLambdaWouldNot() throws Exception {
    Path bomb = folder.resolve("bomb.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bomb))) {
      out.putNextEntry(new ZipEntry("zeros"));
      for (int i = 0; i <= 250; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    Path nul = zip("nul.zip", Map.of("a\0b", new byte[1]));

    assertThatThrownBy(() -> ChildJvmFunction.builder(bomb).build())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bomb.zip is larger than 262144000 bytes when unpacked");
    assertThatThrownBy(() -> ChildJvmFunction.builder(nul).build())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nul.zip can't be unpacked: Nul character not allowed");
  }

  @Test
  void refusesSettingsThatLambdaWouldRefuse() throws Exception {
    assertThatThrownBy(() -> function(Handlers.Echo.class).memory(64).build())
        .hasMessage("the memory must be from 128 to 10240 MB, but is 64");
    assertThatThrownBy(() -> function(Handlers.Echo.class).timeout(Duration.ofHours(1)).build())
        .hasMessage("the timeout must be from 1 to 900 s, but is 3600");
    assertThatThrownBy(() -> function(Handlers.Echo.class).javaHome(folder).build())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no Java home");
  }

  @Test
  void sizesTheHeapAsLambdaDoes() {
    assertThat(FunctionProcess.heapKilobytes(512)).isEqualTo(445_645);
    assertThat(FunctionProcess.heapKilobytes(3008)).isEqualTo(2_834_432);
  }

  private ChildJvmFunction.Builder function(Class<? extends RequestStreamHandler> handler)
      throws IOException {
    Path zip = folder.resolve("function.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Path file : classFiles()) {
        out.putNextEntry(new ZipEntry(CLASSES + file.getFileName()));
        Files.copy(file, out);
      }
    }
    return ChildJvmFunction.builder(zip).handler(handler.getName()).log(log::add);
  }

  /** The handlers, and nothing else of this module. */
  private static List<Path> classFiles() throws IOException {
    Path classes = Path.of("target", "test-classes", CLASSES);
    try (Stream<Path> files = Files.list(classes)) {
      return files.filter(file -> file.getFileName().toString().startsWith("Handlers")).toList();
    }
  }

  private Path zip(String name, Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
    return file;
  }

  private static List<Path> folders(List<String> variables) {
    return variables.stream()
        .filter(variable -> variable.matches("LAMBDA_(TASK_ROOT|RUNTIME_DIR)=.*"))
        .map(variable -> Path.of(variable.substring(variable.indexOf('=') + 1)))
        .toList();
  }

  private static Invocation call(ChildJvmFunction function, String order) {
    try {
      return function.call(event("\"" + order + "\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] event(String json) {
    return json.getBytes(UTF_8);
  }

  /** What a handler has written. */
  private static List<String> told(Invocation invocation) {
    return new ArrayList<>(Arrays.asList(invocation.payload().replace("\"", "").split("\\|", -1)));
  }
}

package io.github.keyturn.image;

import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Runs a function's steps as its image would, against the local Secrets Manager and a target that
 * does not answer: createSecret works, the other steps fail.
 */
final class TrialRun implements AutoCloseable {

  private static final String SECRET = "trial";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ImageFolder image;
  private final Path javaHome;
  private final Path scratch;
  private final LocalSecretsManager secrets = LocalSecretsManager.inMemory();
  private final LocalEndpoint endpoint;
  private final TlsDoor door;
  private final List<String> log = new CopyOnWriteArrayList<>();

  TrialRun(ImageFolder image, Path javaHome, String secretValue)
      throws IOException, InterruptedException, GeneralSecurityException {
    this.image = image;
    this.javaHome = javaHome;
    scratch = Files.createTempDirectory("keyturn-image-");
    endpoint = secrets.listen(0);
    door = new TlsDoor(javaHome, endpoint.url(), scratch);
    secrets.createSecret(SECRET, Secret.of(secretValue));
  }

  /**
   * Runs the steps in one process, which then ends in order.
   *
   * @param options for its JVM
   * @throws IOException when createSecret failed
   */
  void run(List<String> options, Step... steps) throws IOException, InterruptedException {
    Path pid = scratch.resolve("pid");
    try (ChildJvmFunction function = function(options, pid).build()) {
      call(function, pid, steps);
    }
  }

  /**
   * The same with what a function does before a snapshot: it loads its own classes and its driver,
   * and rehearses the JVM's TLS and SCRAM, for which it would otherwise take a server.
   *
   * @throws IOException when that or createSecret failed
   */
  void rehearse(List<String> options, Step... steps) throws IOException, InterruptedException {
    Path pid = scratch.resolve("pid");
    Path loadedWhole = scratch.resolve("code");
    image.copyWithoutSdk(loadedWhole);
    try (ChildJvmFunction function =
        function(options, pid)
            .snapStart()
            .environment(
                Map.of(
                    "AWS_ACCESS_KEY_ID", "trial",
                    "AWS_SECRET_ACCESS_KEY", "trial",
                    "LAMBDA_TASK_ROOT", loadedWhole.toString()))
            .build()) {
      call(function, pid, steps);
    }
    if (log.stream().anyMatch(line -> line.startsWith("a restored function will start slower"))) {
      throw new IOException("the rehearsal failed:%n%s".formatted(String.join("\n", log)));
    }
  }

  private void call(ChildJvmFunction function, Path pid, Step... steps)
      throws IOException, InterruptedException {
    String token = secrets.stage(SECRET);
    String arn = secrets.store().describe(SECRET).arn();
    for (Step step : steps) {
      Invocation invocation = function.call(HandlerFunction.event(step, arn, token));
      if (invocation.failed() && step == Step.CREATE) {
        throw new IOException(
            "createSecret failed with %s%n%s"
                .formatted(invocation.payload(), String.join("\n", log)));
      }
    }
    end(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow());
  }

  /** A JVM that is killed, as the function's otherwise is, writes no cache. */
  private static void end(ProcessHandle process) throws IOException, InterruptedException {
    process.destroy();
    try {
      process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the function's process did not end", e);
    }
  }

  private ChildJvmFunction.Builder function(List<String> options, Path pid) throws IOException {
    List<String> more = new ArrayList<>(door.trust());
    more.addAll(options);
    List<String> command = image.command(javaHome, more);
    return ChildJvmFunction.builder(image.folder())
        .handler(image.handler())
        .javaHome(javaHome)
        .timeout(PATIENCE)
        .environment(
            Map.of(
                "SECRETS_MANAGER_ENDPOINT", door.url(),
                "AWS_CA_BUNDLE", door.certificate().toString(),
                "SETTLE_SECONDS", "0"))
        .log(log::add)
        .command(usual -> thatTellsItsId(command, pid));
  }

  /** The shell leaves the process's id behind, and then is the process. */
  private static List<String> thatTellsItsId(List<String> command, Path pid) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("/bin/sh", "-c", "echo $$ > \"$0\"; exec \"$@\"", pid.toString()));
    line.addAll(command);
    return line;
  }

  /** What the function has written. */
  List<String> log() {
    return log;
  }

  @Override
  public void close() throws IOException {
    door.close();
    secrets.close();
    try (Stream<Path> files = Files.walk(scratch)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}

package io.github.keyturn.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.keyturn.Secret;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import io.github.keyturn.testkit.server.PostgresServer;
import io.github.keyturn.testkit.server.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A function that Lambda restores from a snapshot, under its runtime client's hooks. */
@ExtendWith(TestServers.class)
class SnapStartTest {

  private static final String SECRET = "app";
  private static final String PATH = "/2021-04-23/credentials";

  private final PostgresTarget target;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private HttpServer credentials;

  SnapStartTest(PostgresServer server) {
    target = new PostgresTarget(server, false);
  }

  @BeforeEach
  void offerCredentials() throws IOException {
    credentials = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    credentials.createContext(
        PATH,
        exchange -> {
          asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] answer =
              "{\"AccessKeyId\":\"ASIARESTORED\",\"SecretAccessKey\":\"s3cret\",\"Token\":\"t0ken\",\"Expiration\":\"%s\"}"
                  .formatted(Instant.now().plus(Duration.ofHours(6)))
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    credentials.start();
  }

  @AfterEach
  void stopCredentials() {
    credentials.stop(0);
  }

  static Set<Map.Entry<Integer, Path>> jdks() {
    return Jdks.found().entrySet();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aSnapshotHoldsNothingAndARestoredFunctionRotates(Map.Entry<Integer, Path> jdk)
      throws Exception {
    List<Snapshot> snapshots = new ArrayList<>();
    try (LocalSecretsManager secrets =
            LocalSecretsManager.builder().attempts(1, Duration.ZERO).open();
        LocalEndpoint endpoint = secrets.listen(0);
        CallLog calls = new CallLog(endpoint.url());
        ChildJvmFunction function =
            function(
                jdk.getValue(),
                calls,
                process -> {
                  assertThat(asked).as("who asked for credentials").isEmpty();
                  assertThat(calls.callers()).as("who called Secrets Manager").isEmpty();
                  snapshots.add(Snapshot.of(process));
                })) {
      secrets.createSecret(SECRET, Secret.of(target.newSecret(secrets)));
      String before = current(secrets);
      String token = secrets.stage(SECRET);
      String arn = secrets.store().describe(SECRET).arn();

      for (Step step : Step.values()) {
        Invocation invocation = function.call(HandlerFunction.event(step, arn, token));
        assertThat(invocation.failed())
            .as("%s%n%s", invocation.payload(), String.join("\n", log))
            .isFalse();
        assertThat(invocation.restoreDuration().isPresent()).isEqualTo(step == Step.CREATE);
      }

      assertThat(current(secrets)).isNotEqualTo(before);
      assertThat(target.accepts(current(secrets))).isTrue();
      assertThat(asked).containsOnly("ticket");
      assertThat(calls.callers()).containsExactly("ASIARESTORED");
    }
    assertThat(log).noneMatch(line -> line.contains("slower"));
    assertThat(snapshots).hasSize(1);
    Snapshot snapshot = snapshots.get(0);
    assertThat(snapshot.connections()).as("TCP, but for the runtime's own").isLessThanOrEqualTo(1);
    assertThat(snapshot.threads())
        .isNotEmpty()
        .noneMatch(thread -> thread.contains("Aws") || thread.contains("Hikari"));
    assertThat(snapshot.libraries())
        .as("native libraries, which keep random numbers of their own")
        .isNotEmpty()
        .noneMatch(library -> library.contains("aws-crt"));
  }

  private ChildJvmFunction function(
      Path javaHome, CallLog calls, Consumer<ProcessHandle> atCheckpoint) throws IOException {
    DeployedFunction deployed =
        Template.get()
            .rotators()
            .filter(one -> one.id().equals("PostgresSingleUser"))
            .findFirst()
            .orElseThrow();
    Map<String, String> variables = new HashMap<>(Variables.ofTemplate(deployed));
    variables.putAll(target.variables());
    variables.put("SECRETS_MANAGER_ENDPOINT", calls.url());
    variables.put(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://127.0.0.1:" + credentials.getAddress().getPort() + PATH);
    variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "ticket");
    return ChildJvmFunction.builder(deployed.zip())
        .name(deployed.id())
        .handler(deployed.handler())
        .environment(variables)
        .javaHome(javaHome)
        .snapStart()
        .atCheckpoint(atCheckpoint)
        .log(log::add)
        .build();
  }

  private static String current(LocalSecretsManager secrets) {
    return secrets.store().readCurrent(SECRET).value().reveal();
  }

  /** What Linux knows of a process. */
  private record Snapshot(long connections, Set<String> threads, Set<String> libraries) {

    private static final int INODE_COLUMN = 9;

    static Snapshot of(ProcessHandle process) {
      Path proc = Path.of("/proc", String.valueOf(process.pid()));
      try {
        Set<String> sockets = new HashSet<>();
        for (Path descriptor : list(proc.resolve("fd"))) {
          sockets.add(Files.readSymbolicLink(descriptor).toString());
        }
        Set<String> tcp = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
          try (Stream<String> lines = Files.lines(proc.resolve(table))) {
            lines.skip(1).forEach(line -> tcp.add(line.strip().split("\\s+", -1)[INODE_COLUMN]));
          }
        }
        Set<String> threads = new HashSet<>();
        for (Path thread : list(proc.resolve("task"))) {
          threads.add(Files.readString(thread.resolve("comm")).strip());
        }
        Set<String> libraries = new HashSet<>();
        try (Stream<String> maps = Files.lines(proc.resolve("maps"))) {
          maps.filter(line -> line.contains(".so")).forEach(libraries::add);
        }
        return new Snapshot(
            tcp.stream().filter(inode -> sockets.contains("socket:[" + inode + "]")).count(),
            threads,
            libraries);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static List<Path> list(Path folder) throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        return files.toList();
      }
    }
  }
}

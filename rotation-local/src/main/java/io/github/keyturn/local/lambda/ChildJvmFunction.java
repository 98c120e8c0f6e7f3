package io.github.keyturn.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keyturn.local.RotationFunction;
import io.github.keyturn.local.lambda.RuntimeApi.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A function from its zip, as Lambda runs it: in a JVM of its own, under the runtime interface
 * client of the managed runtimes, with Lambda's environment, memory, deadline and error envelope.
 *
 * <p>The first invocation starts the process (a cold start); later ones find it warm. Invocations
 * at the same time get a process each. A process that has failed to end in time is killed, and the
 * next invocation starts another one, as in Lambda.
 *
 * <p>The runtime interface client is a part of Lambda's runtime and not of the zip. It has native
 * parts for Linux on x86-64 and arm64, and for no other system.
 */
public final class ChildJvmFunction implements RotationFunction, AutoCloseable {

  /** What Lambda grants a process to initialise before it starts it again. */
  private static final Duration LONGEST_INIT = Duration.ofSeconds(10);

  /** And what it grants at least to one of which it takes a snapshot. */
  private static final Duration LONGEST_INIT_BEFORE_SNAPSHOT = Duration.ofSeconds(130);

  private static final String JAVA_OPTIONS = "JAVA_TOOL_OPTIONS";
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final int KILLED = 137;

  private final FunctionCode code;
  private final Path runtimeFolder;
  private final FunctionProcess process;
  private final Duration timeout;
  private final Consumer<String> log;
  private final Consumer<ProcessHandle> atCheckpoint;
  private final Queue<ExecutionEnvironment> idle = new ConcurrentLinkedQueue<>();
  private final Set<ExecutionEnvironment> all = ConcurrentHashMap.newKeySet();

  private ChildJvmFunction(
      FunctionCode code,
      Path runtimeFolder,
      FunctionProcess process,
      Duration timeout,
      Consumer<String> log,
      Consumer<ProcessHandle> atCheckpoint) {
    this.code = code;
    this.runtimeFolder = runtimeFolder;
    this.process = process;
    this.timeout = timeout;
    this.log = log;
    this.atCheckpoint = atCheckpoint;
  }

  /**
   * A function from this code.
   *
   * @param zipOrFolder the deployment package, or a folder as Lambda would unpack it: classes at
   *     its top, jars in {@code lib}
   */
  public static Builder builder(Path zipOrFolder) {
    return new Builder(zipOrFolder);
  }

  /**
   * The names of the classes in a deployment package, or in a folder with its content, that by
   * their name are rotation handlers; sorted.
   *
   * @throws IOException when it can't be read
   */
  public static List<String> handlers(Path zipOrFolder) throws IOException {
    try (FunctionCode code = FunctionCode.of(zipOrFolder)) {
      return code.handlers();
    }
  }

  /**
   * Runs one step.
   *
   * @throws FunctionException when the function failed
   */
  @Override
  public void invoke(byte[] event) throws Exception {
    Invocation invocation = call(event);
    if (invocation.failed()) {
      throw new FunctionException(
          invocation.errorType().orElseThrow(), invocation.errorMessage().orElseThrow());
    }
  }

  /**
   * Invokes the function and tells all about it, whether it fails or not.
   *
   * @throws IOException when its process can't be started
   */
  public Invocation call(byte[] event) throws IOException, InterruptedException {
    ExecutionEnvironment warm = idle.poll();
    while (warm != null && !warm.isAlive()) {
      discard(warm);
      warm = idle.poll();
    }
    Call call = new Call(new String(event, UTF_8));
    return warm == null ? coldStart(call) : call.run(warm, Optional.empty(), Optional.empty());
  }

  private Invocation coldStart(Call call) throws IOException, InterruptedException {
    long start = System.nanoTime();
    ExecutionEnvironment environment = start();
    Signal init = environment.await(longestInit());
    if (init instanceof Signal.Ready) {
      Duration duration = since(start);
      call.begin();
      return call.run(environment, Optional.of(duration), Optional.empty());
    }
    if (init instanceof Signal.Checkpoint) {
      return restore(call, environment, since(start));
    }
    discard(environment);
    return process.snapStart() ? call.failed(init) : secondStart(call);
  }

  /** A process that waits for a debugger gets all the time there is. */
  private Duration longestInit() {
    if (process.snapStart()) {
      return timeout.compareTo(LONGEST_INIT_BEFORE_SNAPSHOT) > 0
          ? timeout
          : LONGEST_INIT_BEFORE_SNAPSHOT;
    }
    boolean debugged = process.variables().getOrDefault(JAVA_OPTIONS, "").contains("jdwp");
    return debugged ? timeout : LONGEST_INIT;
  }

  /** The process is at its checkpoint; to take the snapshot and start from it is left out. */
  private Invocation restore(Call call, ExecutionEnvironment environment, Duration init)
      throws InterruptedException {
    atCheckpoint.accept(environment.process());
    long start = System.nanoTime();
    environment.restore();
    Signal restored = environment.await(LONGEST_INIT);
    call.begin();
    if (restored instanceof Signal.Ready) {
      return call.run(environment, Optional.of(init), Optional.of(since(start)));
    }
    discard(environment);
    return call.failed(restored);
  }

  /**
   * A process that did not initialise is started again, on the invocation's own time.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib">Init
   *     phase</a>
   */
  private Invocation secondStart(Call call) throws IOException, InterruptedException {
    call.begin();
    ExecutionEnvironment environment = start();
    Signal init = environment.await(timeout);
    if (init instanceof Signal.Ready) {
      return call.run(environment, Optional.empty(), Optional.empty());
    }
    discard(environment);
    return call.failed(init);
  }

  private ExecutionEnvironment start() throws IOException {
    ExecutionEnvironment environment = ExecutionEnvironment.start(process.builder(), log);
    all.add(environment);
    return environment;
  }

  private void discard(ExecutionEnvironment environment) {
    environment.close();
    all.remove(environment);
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  /** Ends the function's processes and deletes what was unpacked. */
  @Override
  public void close() throws IOException {
    all.forEach(this::discard);
    code.close();
    delete(runtimeFolder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One invocation on its way. */
  private final class Call {

    private final String requestId = UUID.randomUUID().toString();
    private final String payload;
    private long begun;

    Call(String payload) {
      this.payload = payload;
      begin();
    }

    /** From now on the function's time runs. */
    void begin() {
      begun = System.nanoTime();
    }

    Invocation run(
        ExecutionEnvironment environment, Optional<Duration> init, Optional<Duration> restore)
        throws InterruptedException {
      environment.dispatch(event());
      Signal answer = environment.await(timeLeft());
      Duration duration = since(begun);
      OptionalLong peak = environment.peakMemory();
      if (answer instanceof Signal.Answer result) {
        settle(environment);
        return new Invocation(
            requestId,
            result.failed(),
            result.payload(),
            init,
            restore,
            duration,
            process.memorySize(),
            peak);
      }
      discard(environment);
      return failed(answer);
    }

    /** After its answer a process asks for the next event, or ends if it can't go on. */
    private void settle(ExecutionEnvironment environment) throws InterruptedException {
      if (environment.await(timeLeft()) instanceof Signal.Ready) {
        idle.add(environment);
      } else {
        discard(environment);
      }
    }

    private Duration timeLeft() {
      return timeout.minus(since(begun));
    }

    private Event event() {
      String random = UUID.randomUUID().toString().replace("-", "");
      return new Event(
          requestId,
          payload,
          Instant.now().plus(timeLeft()),
          "arn:aws:lambda:%s:%s:function:%s"
              .formatted(
                  process.variables().getOrDefault("AWS_REGION", FunctionProcess.REGION),
                  FunctionProcess.ACCOUNT,
                  process.name()),
          "Root=1-%s-%s;Parent=%s;Sampled=0"
              .formatted(random.substring(0, 8), random.substring(8), random.substring(16)));
    }

    Invocation failed(Signal end) {
      return new Invocation(
          requestId,
          true,
          envelope(end),
          Optional.empty(),
          Optional.empty(),
          since(begun),
          process.memorySize(),
          OptionalLong.empty());
    }

    private String envelope(Signal end) {
      if (end instanceof Signal.Broken broken) {
        return broken.envelope();
      }
      if (end instanceof Signal.Ended ended) {
        return Envelope.of(
            "Runtime.ExitError",
            "RequestId: %s Error: Runtime exited %s".formatted(requestId, how(ended.status())));
      }
      return Envelope.of(
          "Sandbox.Timedout",
          String.format(
              Locale.ROOT,
              "RequestId: %s Error: Task timed out after %.2f seconds",
              requestId,
              timeout.toMillis() / MILLIS_PER_SECOND));
    }

    private String how(int status) {
      return switch (status) {
        case 0 -> "without providing a reason";
        case KILLED -> "with error: signal: killed";
        default -> "with error: exit status " + status;
      };
    }
  }

  /** How the function is to run; what is not set is as the template has it. */
  public static final class Builder {

    private static final int DEFAULT_MEMORY = 512;
    private static final int LEAST_MEMORY = 128;
    private static final int MOST_MEMORY = 10_240;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(15);

    private final Path zipOrFolder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String name = "rotation";
    private Optional<String> handler = Optional.empty();
    private int memorySize = DEFAULT_MEMORY;
    private Duration timeout = DEFAULT_TIMEOUT;
    private Path javaHome = Path.of(System.getProperty("java.home"));
    private boolean snapStart;
    private Consumer<String> log = line -> {};
    private Consumer<ProcessHandle> atCheckpoint = process -> {};
    private UnaryOperator<List<String>> command = UnaryOperator.identity();

    private Builder(Path zipOrFolder) {
      this.zipOrFolder = zipOrFolder;
    }

    /** The function's name, by default {@code rotation}. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** The handler as in the template; needed if the code has more than one. */
    public Builder handler(String handler) {
      this.handler = Optional.of(handler);
      return this;
    }

    /** The function's memory in MB, by default 512; it sets the size of the heap. */
    public Builder memory(int megabytes) {
      this.memorySize = megabytes;
      return this;
    }

    /** After which time an invocation is ended, by default a minute. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /**
     * Environment variables beside Lambda's, or in their place: for Region and credentials, which
     * otherwise are {@code us-east-1} and made up.
     */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    /** The JDK to run with, by default that of this process. */
    public Builder javaHome(Path javaHome) {
      this.javaHome = javaHome;
      return this;
    }

    /**
     * Runs the function as one that is restored from a snapshot: its hooks run before and after,
     * and it gets no credentials from its environment. There is no snapshot; the process waits.
     */
    public Builder snapStart() {
      this.snapStart = true;
      return this;
    }

    /** Shows the process that waits at its checkpoint: what a snapshot would hold. */
    public Builder atCheckpoint(Consumer<ProcessHandle> look) {
      this.atCheckpoint = look;
      return this;
    }

    /** Takes each line that the function's process writes, from more than one thread. */
    public Builder log(Consumer<String> log) {
      this.log = log;
      return this;
    }

    /**
     * Changes the command line before it is used, to run it under another program or to run another
     * one that speaks the runtime API.
     */
    public Builder command(UnaryOperator<List<String>> command) {
      this.command = command;
      return this;
    }

    /**
     * Unpacks the code; the first invocation starts the process.
     *
     * @throws IllegalArgumentException when a setting is out of Lambda's range, or the handler is
     *     not clear; the message says what to do
     * @throws IOException when the code can't be read, the Java home is none, or this machine can't
     *     run the runtime interface client
     */
    public ChildJvmFunction build() throws IOException {
      require(
          memorySize >= LEAST_MEMORY && memorySize <= MOST_MEMORY,
          "the memory must be from %d to %d MB, but is %d"
              .formatted(LEAST_MEMORY, MOST_MEMORY, memorySize));
      require(
          timeout.compareTo(Duration.ZERO) > 0 && timeout.compareTo(LONGEST_TIMEOUT) <= 0,
          "the timeout must be from 1 to %d s, but is %d"
              .formatted(LONGEST_TIMEOUT.toSeconds(), timeout.toSeconds()));
      FunctionProcess.javaVersion(javaHome);
      Path runtimeFolder = Files.createTempDirectory("keyturn-runtime-");
      try {
        RuntimeClient.unpackLibrary(runtimeFolder);
        return build(FunctionCode.of(zipOrFolder), runtimeFolder);
      } catch (IOException | IllegalArgumentException e) {
        delete(runtimeFolder);
        throw e;
      }
    }

    private ChildJvmFunction build(FunctionCode code, Path runtimeFolder) throws IOException {
      try {
        FunctionProcess process =
            new FunctionProcess(
                code.taskRoot(),
                javaHome,
                name,
                handler.isPresent() ? handler.get() : onlyHandler(code),
                memorySize,
                snapStart,
                Map.copyOf(environment),
                runtimeFolder,
                command);
        return new ChildJvmFunction(code, runtimeFolder, process, timeout, log, atCheckpoint);
      } catch (IOException | IllegalArgumentException e) {
        code.close();
        throw e;
      }
    }

    private String onlyHandler(FunctionCode code) throws IOException {
      List<String> handlers = code.handlers();
      require(
          handlers.size() == 1,
          handlers.isEmpty()
              ? "%s has no class whose name ends in RotationHandler; name the handler"
                  .formatted(zipOrFolder)
              : "%s has several handlers; name one of %s"
                  .formatted(zipOrFolder, String.join(", ", handlers)));
      return handlers.get(0);
    }

    private static void require(boolean met, String message) {
      if (!met) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}

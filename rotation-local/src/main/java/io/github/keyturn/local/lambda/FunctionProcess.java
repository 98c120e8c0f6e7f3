package io.github.keyturn.local.lambda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a function's process is started: with the JVM options of Lambda's managed runtimes, the class
 * path of the runtime interface client alone, Lambda's environment and nothing of ours.
 *
 * @param runtimeFolder holds the client's native part
 */
record FunctionProcess(
    Path taskRoot,
    Path javaHome,
    String name,
    String handler,
    int memorySize,
    boolean snapStart,
    Map<String, String> variables,
    Path runtimeFolder,
    UnaryOperator<List<String>> command) {

  static final String REGION = "us-east-1";
  static final String ACCOUNT = "123456789012";
  static final String VERSION = "$LATEST";

  private static final String NO_CREDENTIALS = "local";
  private static final double HEAP_SHARE = 0.85;
  private static final int LARGEST_REST_MB = 240;
  private static final int KB_PER_MB = 1024;
  private static final Pattern JAVA_VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
  private static final int FIRST_THAT_WARNS_OF_NATIVE_CODE = 24;

  ProcessBuilder builder() throws IOException {
    int javaVersion = javaVersion(javaHome);
    ProcessBuilder builder =
        new ProcessBuilder(command.apply(commandLine(javaVersion))).directory(taskRoot.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment(javaVersion));
    builder.environment().putAll(variables);
    return builder;
  }

  private List<String> commandLine(int javaVersion) {
    List<String> line = new ArrayList<>();
    line.add(javaHome.resolve("bin").resolve("java").toString());
    line.add("-XX:MaxHeapSize=%dk".formatted(heapKilobytes(memorySize)));
    line.add("-XX:+UseSerialGC");
    line.add("-XX:+TieredCompilation");
    line.add("-XX:TieredStopAtLevel=1");
    line.add("--add-opens=java.base/java.io=ALL-UNNAMED");
    if (javaVersion >= FIRST_THAT_WARNS_OF_NATIVE_CODE) {
      line.add("--enable-native-access=ALL-UNNAMED");
    }
    line.add("-XX:+ErrorFileToStderr");
    line.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    line.add(
        "-D%s=%s"
            .formatted(
                RuntimeClient.LIBRARY_PROPERTY, runtimeFolder.resolve(RuntimeClient.LIBRARY)));
    line.add("-classpath");
    line.add(
        RuntimeClient.jars().stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    line.add(RuntimeClient.MAIN_CLASS);
    line.add(handler);
    return List.copyOf(line);
  }

  /**
   * AWS does not document it; process lists of functions show 85 percent of the memory, and from
   * 1600 MB on all but 240 MB.
   */
  static long heapKilobytes(int memorySize) {
    return Math.max(
        Math.round(memorySize * HEAP_SHARE * KB_PER_MB),
        (long) (memorySize - LARGEST_REST_MB) * KB_PER_MB);
  }

  /**
   * What Lambda sets.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime">Defined
   *     runtime environment variables</a>
   */
  private Map<String, String> environment(int javaVersion) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("_HANDLER", handler);
    environment.put("AWS_EXECUTION_ENV", "AWS_Lambda_java" + javaVersion);
    environment.put("AWS_LAMBDA_FUNCTION_NAME", name);
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String.valueOf(memorySize));
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", VERSION);
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", snapStart ? "snap-start" : "on-demand");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + name);
    environment.put("AWS_LAMBDA_LOG_STREAM_NAME", "[%s]%s".formatted(VERSION, UUID.randomUUID()));
    // the template's LoggingConfig
    environment.put("AWS_LAMBDA_LOG_FORMAT", "Text");
    environment.put("AWS_REGION", REGION);
    environment.put("AWS_DEFAULT_REGION", REGION);
    if (!snapStart) {
      environment.put("AWS_ACCESS_KEY_ID", NO_CREDENTIALS);
      environment.put("AWS_SECRET_ACCESS_KEY", NO_CREDENTIALS);
    }
    environment.put("LAMBDA_TASK_ROOT", taskRoot.toString());
    environment.put("LAMBDA_RUNTIME_DIR", runtimeFolder.toString());
    environment.put("LANG", "en_US.UTF-8");
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("TZ", ":UTC");
    return environment;
  }

  /** The major version of a JDK, which its file {@code release} names. */
  static int javaVersion(Path javaHome) throws IOException {
    Path release = javaHome.resolve("release");
    Matcher version =
        JAVA_VERSION.matcher(Files.isRegularFile(release) ? Files.readString(release) : "");
    if (!version.find()) {
      throw new IOException(
          "%s is no Java home: it has no file 'release' that names a version".formatted(javaHome));
    }
    return Integer.parseInt(version.group(1));
  }
}

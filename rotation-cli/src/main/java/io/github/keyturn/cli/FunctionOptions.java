package io.github.keyturn.cli;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How functions run that come from a zip; the same options wherever there are any. */
final class FunctionOptions {

  private static final List<String> PASSED_ON =
      List.of(
          "AWS_ENDPOINT_URL_SECRETS_MANAGER",
          "AWS_REGION",
          "AWS_DEFAULT_REGION",
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN");

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description =
          "The function's environment variables: JSON, in the form of 'sam local --env-vars'.")
  private Optional<Path> envFile;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      defaultValue = "1024",
      description = "The function's memory. Default: ${DEFAULT-VALUE}.")
  private int memory;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "When an invocation is ended. Default: ${DEFAULT-VALUE}.")
  private int timeout;

  @Option(
      names = "--java-home",
      paramLabel = "DIR",
      description = "The JDK to run the function with. Default: that of this command.")
  private Optional<Path> javaHome;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  FunctionOptions() {}

  /**
   * A function, ready to be invoked.
   *
   * @param handler a class, as in the template or without its package; needed if there are several
   * @param defaults variables that the env file may replace
   */
  ChildJvmFunction.Builder function(
      String name, Path zip, Optional<String> handler, Map<String, String> defaults) {
    Map<String, String> variables = new LinkedHashMap<>(defaults);
    variables.putAll(own());
    envFile.map(EnvironmentFile::read).ifPresent(file -> variables.putAll(file.of(name)));
    ChildJvmFunction.Builder builder =
        ChildJvmFunction.builder(zip)
            .name(name)
            .handler(handler(zip, handler))
            .memory(memory)
            .timeout(Duration.ofSeconds(timeout))
            .environment(variables);
    javaHome.ifPresent(builder::javaHome);
    return builder;
  }

  /** What 'keyturn local' prints to export; on Lambda the credentials are the role's. */
  private static Map<String, String> own() {
    Map<String, String> own = new LinkedHashMap<>();
    for (String name : PASSED_ON) {
      Optional.ofNullable(System.getenv(name))
          .filter(value -> !value.isBlank())
          .ifPresent(value -> own.put(name, value));
    }
    return own;
  }

  static ChildJvmFunction build(ChildJvmFunction.Builder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(sentence(Failures.message(e)));
    } catch (IOException e) {
      throw CommandException.machineLacks(sentence(Failures.message(e)), e);
    }
  }

  private static String handler(Path zip, Optional<String> wanted) {
    List<String> handlers = handlers(zip);
    if (wanted.isPresent()) {
      return Stream.of(wanted.get())
          .flatMap(name -> handlers.stream().filter(known -> known.endsWith("." + name)))
          .findFirst()
          .orElseGet(() -> complete(zip, wanted.get(), handlers));
    }
    if (handlers.size() != 1) {
      throw CommandException.usage(
          handlers.isEmpty()
              ? "%s has no class whose name ends in RotationHandler; name the handler with its package."
                  .formatted(zip)
              : "%s has several handlers; name one:%s".formatted(zip, lines(handlers)));
    }
    return handlers.get(0);
  }

  /** A class with its package may be any class; without one it is none that was found. */
  private static String complete(Path zip, String wanted, List<String> handlers) {
    if (wanted.indexOf('.') < 0 && !handlers.isEmpty()) {
      throw CommandException.usage(
          "%s has no handler %s; name one of these, or a class with its package:%s"
              .formatted(zip, wanted, lines(handlers)));
    }
    return wanted;
  }

  private static String lines(List<String> handlers) {
    return handlers.stream().map("%n  %s"::formatted).collect(Collectors.joining());
  }

  private static List<String> handlers(Path zip) {
    if (!Files.exists(zip)) {
      throw CommandException.usage(
          "There is no file %s; 'mvn package' builds the zips.".formatted(zip));
    }
    try {
      return ChildJvmFunction.handlers(zip);
    } catch (IOException e) {
      throw CommandException.usage(sentence(Failures.message(e)));
    }
  }

  private static String sentence(String message) {
    return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
  }
}

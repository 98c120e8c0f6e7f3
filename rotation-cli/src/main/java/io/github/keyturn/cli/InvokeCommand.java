package io.github.keyturn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyturn invoke}: one invocation of a function from its zip, as Lambda would run it. */
@Command(
    name = "invoke",
    description = {
      "Invokes a function from its zip once, as Lambda would: in a JVM of its own,",
      "under the runtime interface client, with Lambda's environment, memory and time.",
      "Its answer goes to standard output, its log to standard error. It runs on Linux.",
      "Region, credentials and AWS_ENDPOINT_URL_SECRETS_MANAGER of the environment are",
      "passed on; nothing else is."
    })
final class InvokeCommand implements Callable<Integer> {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @Option(
      names = "--zip",
      required = true,
      paramLabel = "FILE",
      description = "The deployment package, or a folder with its content.")
  private Path zip;

  @Option(
      names = "--event",
      required = true,
      paramLabel = "FILE",
      description = "What to invoke it with: JSON, such as those in events/.")
  private Path event;

  @Option(
      names = "--handler",
      paramLabel = "CLASS",
      description = "The handler's class, if the zip has several.")
  private Optional<String> handler;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "rotation",
      description = "The function's name, also in --env-file. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Mixin private FunctionOptions options;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  InvokeCommand() {}

  @Override
  @SuppressWarnings("try") // it is there to be closed last
  public Integer call() throws Exception {
    byte[] input = event();
    PrintWriter err = spec.commandLine().getErr();
    Invocation invocation;
    try (Interruption interruption =
            Interruption.watch(spec.commandLine(), Thread.currentThread());
        ChildJvmFunction function =
            FunctionOptions.build(
                options.function(name, zip, handler, Map.of()).log(err::println))) {
      invocation = function.call(input);
    }
    new Output(spec).line(invocation.payload());
    err.println(invocation.report());
    return invocation.failed() ? Failures.ROTATION_FAILED : 0;
  }

  private byte[] event() {
    try {
      byte[] bytes = Files.readAllBytes(event);
      // as text, since from bytes Jackson reads UTF-16 too
      if (JSON.readTree(new String(bytes, UTF_8)).isMissingNode()) {
        throw notJson();
      }
      return bytes;
    } catch (JsonProcessingException e) {
      throw notJson();
    } catch (IOException e) {
      throw CommandException.usage("The event can't be read: %s".formatted(Failures.message(e)));
    }
  }

  private CommandException notJson() {
    return CommandException.usage(
        "The event in %s is not JSON in UTF-8; events/ has examples.".formatted(event));
  }
}

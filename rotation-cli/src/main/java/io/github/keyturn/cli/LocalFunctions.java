package io.github.keyturn.cli;

import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.EndpointFunction;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The functions that a local Secrets Manager can invoke. */
final class LocalFunctions implements AutoCloseable {

  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";

  private final LocalSecretsManager secrets;
  private final URI endpoint;
  private final Consumer<String> log;
  private final List<String> names = new ArrayList<>();
  private final List<ChildJvmFunction> processes = new ArrayList<>();

  LocalFunctions(LocalSecretsManager secrets, URI endpoint, Consumer<String> log) {
    this.secrets = secrets;
    this.endpoint = endpoint;
    this.log = log;
  }

  /** Registers a function. */
  void add(FunctionOption wanted, FunctionOptions options) {
    if (wanted instanceof FunctionOption.Zip zip) {
      secrets.register(zip.name(), unpack(zip, options));
    } else if (wanted instanceof FunctionOption.Endpoint there) {
      secrets.register(there.name(), EndpointFunction.at(there.url(), there.name()));
    } else {
      secrets.register(wanted.name(), LocalFunctions::leaveToYou);
    }
    names.add(wanted.name());
  }

  /** What RotateSecret has staged by now stays when the rotation is given up. */
  private static void leaveToYou(byte[] event) {
    throw new UnsupportedOperationException("the steps of this version are yours to invoke");
  }

  /** Its process starts when it is needed. */
  private ChildJvmFunction unpack(FunctionOption.Zip wanted, FunctionOptions options) {
    Map<String, String> defaults = Map.of("SECRETS_MANAGER_ENDPOINT", endpoint.toString());
    ChildJvmFunction function =
        FunctionOptions.build(
            options
                .function(wanted.name(), wanted.zip(), wanted.handler(), defaults)
                .log(line -> log.accept("%s: %s".formatted(wanted.name(), line))));
    processes.add(function);
    return function;
  }

  /** How RotateSecret is told of each. */
  Stream<String> options() {
    return names.stream().map(name -> "--rotation-lambda-arn " + ARN + name);
  }

  @Override
  public void close() throws IOException {
    for (ChildJvmFunction function : processes) {
      function.close();
    }
  }
}

package io.github.keyturn.cli;

import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The functions that a local Secrets Manager can invoke. */
final class LocalFunctions implements AutoCloseable {

  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";

  private final LocalSecretsManager secrets;
  private final URI endpoint;
  private final Consumer<String> log;
  private final Map<String, ChildJvmFunction> functions = new LinkedHashMap<>();

  LocalFunctions(LocalSecretsManager secrets, URI endpoint, Consumer<String> log) {
    this.secrets = secrets;
    this.endpoint = endpoint;
    this.log = log;
  }

  /** Unpacks a function and registers it; its process starts when it is needed. */
  void add(FunctionOption wanted, FunctionOptions options) {
    Map<String, String> defaults = Map.of("SECRETS_MANAGER_ENDPOINT", endpoint.toString());
    ChildJvmFunction function =
        FunctionOptions.build(
            options
                .function(wanted.name(), wanted.zip(), wanted.handler(), defaults)
                .log(line -> log.accept("%s: %s".formatted(wanted.name(), line))));
    functions.put(wanted.name(), function);
    secrets.register(wanted.name(), function);
  }

  /** How RotateSecret is told of each. */
  Stream<String> options() {
    return functions.keySet().stream().map(name -> "--rotation-lambda-arn " + ARN + name);
  }

  @Override
  public void close() throws IOException {
    for (ChildJvmFunction function : functions.values()) {
      function.close();
    }
  }
}

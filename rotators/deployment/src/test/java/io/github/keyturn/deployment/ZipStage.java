package io.github.keyturn.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.local.HandlerFunction;
import io.github.keyturn.local.LocalEndpoint;
import io.github.keyturn.local.LocalSecretsManager;
import io.github.keyturn.local.lambda.ChildJvmFunction;
import io.github.keyturn.local.lambda.Invocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A function from its zip, its target, and Secrets Manager between them. */
final class ZipStage implements AutoCloseable {

  static final String SECRET = "app";
  private static final ObjectMapper JSON = new ObjectMapper();

  final List<String> log = new CopyOnWriteArrayList<>();
  final LocalSecretsManager secrets =
      LocalSecretsManager.builder().attempts(1, Duration.ZERO).open();
  private final LocalEndpoint endpoint = secrets.listen(0);
  final CallLog calls = new CallLog(endpoint.url());
  final Target target;
  private final ChildJvmFunction function;

  ZipStage(DeployedFunction deployed, Target target, Path javaHome) throws Exception {
    this.target = target;
    secrets.createSecret(SECRET, Secret.of(target.newSecret(secrets)));
    Map<String, String> variables = new HashMap<>(Variables.ofTemplate(deployed));
    variables.putAll(target.variables());
    variables.put("SECRETS_MANAGER_ENDPOINT", calls.url());
    function =
        ChildJvmFunction.builder(deployed.zip())
            .name(deployed.id())
            .handler(deployed.handler())
            .environment(variables)
            .javaHome(javaHome)
            .log(log::add)
            .build();
    secrets.register(deployed.id(), function);
  }

  /** From a rotation that was given up, and from an AWSCURRENT that does not log in. */
  void recover() throws Exception {
    String abandoned = secrets.stage(SECRET);
    run(Step.CREATE, abandoned);
    run(Step.SET, abandoned);
    SecretDocument value = SecretDocument.parse(Secret.of(current()));
    secrets.putSecretValue(SECRET, target.spoil(value).json());
    String token = secrets.stage(SECRET);
    for (Step step : Step.values()) {
      run(step, token);
    }
  }

  void run(Step step, String token) throws Exception {
    String arn = secrets.store().describe(SECRET).arn();
    Invocation invocation = function.call(HandlerFunction.event(step, arn, token));
    assertThat(invocation.failed()).as(invocation.payload()).isFalse();
  }

  String current() {
    return secrets.store().readCurrent(SECRET).value().reveal();
  }

  /** The steps and their outcomes, from the log; which holds JSON and nothing else. */
  List<String> steps() {
    return log.stream()
        .map(ZipStage::parse)
        .filter(line -> line.has("outcome"))
        .map(line -> line.path("step").asText() + " " + line.path("outcome").asText())
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a line of JSON: " + line, e);
    }
  }

  @Override
  public void close() throws IOException {
    function.close();
    calls.close();
    secrets.close();
  }
}

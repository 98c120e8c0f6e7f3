package io.github.keyturn.local;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keyturn.Step;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Lambda handler in this process, as a function that RotateSecret can drive. */
public final class HandlerFunction implements RotationFunction {

  private final RequestStreamHandler handler;
  private final Duration timeout;
  private final Consumer<String> log;

  private HandlerFunction(RequestStreamHandler handler, Duration timeout, Consumer<String> log) {
    this.handler = handler;
    this.timeout = timeout;
    this.log = log;
  }

  /**
   * A function that is this handler.
   *
   * @param timeout what the context tells the handler; nobody ends it
   * @param log takes the lines that the handler writes to its logger
   */
  public static HandlerFunction of(
      RequestStreamHandler handler, Duration timeout, Consumer<String> log) {
    return new HandlerFunction(handler, timeout, log);
  }

  /** The event of a step, as Secrets Manager sends it within an account. */
  public static byte[] event(Step step, String secretArn, String token) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("Step", step.wireName())
        .put("SecretId", secretArn)
        .put("ClientRequestToken", token)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void invoke(byte[] event) throws Exception {
    handler.handleRequest(
        new ByteArrayInputStream(event), new ByteArrayOutputStream(), new Invocation(this));
  }

  /** The context of one invocation. */
  private static final class Invocation implements Context {

    private final HandlerFunction function;
    private final Instant deadline;
    private final String requestId = UUID.randomUUID().toString();

    Invocation(HandlerFunction function) {
      this.function = function;
      this.deadline = Instant.now().plus(function.timeout);
    }

    @Override
    public int getRemainingTimeInMillis() {
      return (int) Math.max(0, Duration.between(Instant.now(), deadline).toMillis());
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          function.log.accept(message);
        }

        @Override
        public void log(byte[] message) {
          function.log.accept(new String(message, StandardCharsets.UTF_8));
        }
      };
    }

    @Override
    public String getAwsRequestId() {
      return requestId;
    }

    @Override
    public String getFunctionName() {
      return function.handler.getClass().getSimpleName();
    }

    @Override
    public String getFunctionVersion() {
      return "$LATEST";
    }

    @Override
    public String getInvokedFunctionArn() {
      return "arn:aws:lambda:us-east-1:123456789012:function:" + getFunctionName();
    }

    @Override
    public String getLogGroupName() {
      return "/aws/lambda/" + getFunctionName();
    }

    @Override
    public String getLogStreamName() {
      return requestId;
    }

    @Override
    public @Nullable CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public @Nullable ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getMemoryLimitInMB() {
      return (int) (Runtime.getRuntime().maxMemory() >> 20);
    }
  }
}

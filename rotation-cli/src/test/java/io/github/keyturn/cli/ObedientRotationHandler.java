package io.github.keyturn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** Runs in a child process, without this module: does what the variable ORDER says. */
public final class ObedientRotationHandler implements RequestStreamHandler {

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    String order = Objects.requireNonNullElse(System.getenv("ORDER"), "tell");
    System.out.println("order: " + order);
    switch (order) {
      case "fail" -> throw new IllegalStateException("as ordered");
      case "sleep" -> sleep();
      default ->
          output.write(
              "\"%s %s %s %s\""
                  .formatted(
                      context.getFunctionName(),
                      context.getMemoryLimitInMB(),
                      System.getenv("AWS_REGION"),
                      System.getenv("SECRETS_MANAGER_ENDPOINT"))
                  .getBytes(UTF_8));
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.github.keyturn.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.crac.Core;
import com.amazonaws.services.lambda.crac.Resource;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** What runs in the child; it has the runtime's classes and its own, and nothing else. */
final class Handlers {

  private Handlers() {}

  private static void write(OutputStream output, String... lines) throws IOException {
    output.write(("\"" + String.join("|", lines) + "\"").getBytes(UTF_8));
  }

  /** Answers with the event's text. */
  public static final class Echo implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      input.transferTo(output);
    }
  }

  /** Tells what the context says. */
  public static final class Introspection implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      write(
          output,
          context.getAwsRequestId(),
          context.getFunctionName(),
          context.getInvokedFunctionArn(),
          String.valueOf(context.getMemoryLimitInMB()),
          String.valueOf(Runtime.getRuntime().maxMemory() >> 20),
          String.valueOf(context.getRemainingTimeInMillis()),
          System.getProperty("user.dir"),
          System.getProperty("com.amazonaws.xray.traceHeader"),
          String.join(",", System.getProperty("java.class.path").split(":")));
    }
  }

  /** Tells the environment. */
  public static final class Environment implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      write(
          output,
          System.getenv().entrySet().stream()
              .map(variable -> variable.getKey() + "=" + variable.getValue())
              .sorted()
              .toArray(String[]::new));
    }
  }

  /** Tells how often this process was called, and which it is. */
  public static final class Counter implements RequestStreamHandler {
    private int count;

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      count++;
      write(output, String.valueOf(count), String.valueOf(ProcessHandle.current().pid()));
    }
  }

  /** Does what the event says; a process that has failed at one event can do the next. */
  public static final class Obedient implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      String order = new String(input.readAllBytes(), UTF_8).replace("\"", "");
      switch (order) {
        case "throw" -> throw new IllegalStateException("as ordered");
        case "sleep" -> sleep();
        case "exit" -> System.exit(3);
        case "end" -> System.exit(0);
        case "die" -> Runtime.getRuntime().halt(137);
        case "devour" -> devour();
        case "talk" -> {
          System.out.println("to standard output");
          System.err.println("to standard error");
          context.getLogger().log("to the logger");
        }
        case "endless" -> {
          System.out.print("x".repeat(3_000_000));
          System.out.println();
        }
        default -> {}
      }
      write(output, order, String.valueOf(ProcessHandle.current().pid()));
    }

    private static void sleep() {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void devour() {
      List<byte[]> held = new ArrayList<>();
      while (!held.isEmpty() || held.isEmpty()) {
        held.add(new byte[1 << 24]);
      }
    }
  }

  /** Can't be made. */
  public static final class Stillborn implements RequestStreamHandler {
    public Stillborn() {
      System.out.println("an attempt");
      throw new IllegalArgumentException("SETTLE_SECONDS is 'x'");
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) {}
  }

  /** Ends the process before it is made. */
  public static final class Suicidal implements RequestStreamHandler {
    public Suicidal() {
      System.exit(4);
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) {}
  }

  /** Is made in no time that anybody would wait. */
  public static final class Slow implements RequestStreamHandler {
    public Slow() throws InterruptedException {
      Thread.sleep(60_000);
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) {}
  }

  /** Tells in which order its hooks ran. */
  public static final class Restored implements RequestStreamHandler, Resource {

    private final List<String> story = new ArrayList<>(List.of("made"));

    public Restored() {
      Core.getGlobalContext().register(this);
    }

    @Override
    public void beforeCheckpoint(
        com.amazonaws.services.lambda.crac.Context<? extends Resource> context) {
      story.add("checkpoint");
    }

    @Override
    public void afterRestore(
        com.amazonaws.services.lambda.crac.Context<? extends Resource> context) {
      story.add("restored");
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      story.add("called");
      write(output, String.join(",", story), String.valueOf(System.getenv("AWS_ACCESS_KEY_ID")));
    }
  }

  /** Has a hook that fails. */
  public static final class Unrestorable implements RequestStreamHandler, Resource {

    public Unrestorable() {
      Core.getGlobalContext().register(this);
    }

    @Override
    public void beforeCheckpoint(
        com.amazonaws.services.lambda.crac.Context<? extends Resource> context) {}

    @Override
    public void afterRestore(
        com.amazonaws.services.lambda.crac.Context<? extends Resource> context) {
      throw new IllegalStateException("no way back");
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) {}
  }
}

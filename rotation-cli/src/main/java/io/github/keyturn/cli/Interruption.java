package io.github.keyturn.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * Ctrl-C, or SIGTERM: between {@link #watch} and {@link #close()} it lets the command clean up
 * before the process ends. Being the first resource of a try statement, it is closed last.
 */
final class Interruption implements AutoCloseable {

  private static final long LONGEST_CLEANUP_SECONDS = 30;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch cleanedUp = new CountDownLatch(1);
  private final Thread hook = new Thread(this::letCleanUp, "keyturn-interruption");

  private final CommandLine command;
  private final Optional<Thread> busy;

  private Interruption(CommandLine command, Optional<Thread> busy) {
    this.command = command;
    this.busy = busy;
  }

  static Interruption watch(CommandLine command) {
    return watch(command, Optional.empty());
  }

  /** For a command that works instead of waiting: its thread is interrupted. */
  static Interruption watch(CommandLine command, Thread busy) {
    return watch(command, Optional.of(busy));
  }

  private static Interruption watch(CommandLine command, Optional<Thread> busy) {
    Interruption interruption = new Interruption(command, busy);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  void await() throws InterruptedException {
    requested.await();
  }

  /**
   * Waits for the clean-up and not for the main thread, which goes on into System.exit and stays
   * there as long as this hook runs.
   */
  private void letCleanUp() {
    // what fails from here on fails because everything is being stopped
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    command.setOut(nowhere).setErr(nowhere);
    requested.countDown();
    busy.ifPresent(Thread::interrupt);
    try {
      cleanedUp.await(LONGEST_CLEANUP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    cleanedUp.countDown();
    if (requested.getCount() > 0) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // the process is ending just now, and the hook has nothing left to wait for
      }
    }
  }
}

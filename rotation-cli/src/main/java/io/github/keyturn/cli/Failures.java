package io.github.keyturn.cli;

import io.github.keyturn.RotationException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one message for people and an exit code for scripts. */
final class Failures implements IExecutionExceptionHandler {

  static final int ROTATION_FAILED = 1;
  static final int USAGE = 2;
  static final int MACHINE_LACKS = 3;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    commandLine.getErr().println(commandLine.getColorScheme().errorText(message));
    if (failure instanceof RotationException) {
      return ROTATION_FAILED;
    }
    return failure instanceof UsageException ? USAGE : MACHINE_LACKS;
  }

  /** What the user asked for can't be done as it was asked for. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }
}

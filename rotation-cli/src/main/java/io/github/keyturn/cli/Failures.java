package io.github.keyturn.cli;

import io.github.keyturn.RotationException;
import java.nio.file.FileSystemException;
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
    commandLine.getErr().println(commandLine.getColorScheme().errorText(message(failure)));
    if (failure instanceof CommandException command) {
      return command.exitCode();
    }
    return failure instanceof RotationException ? ROTATION_FAILED : MACHINE_LACKS;
  }

  /** The message of the JDK's file exceptions is often nothing but the file. */
  static String message(Exception failure) {
    if (failure.getMessage() == null) {
      return failure.toString();
    }
    return failure instanceof FileSystemException
        ? "%s: %s".formatted(failure.getClass().getSimpleName(), failure.getMessage())
        : failure.getMessage();
  }
}

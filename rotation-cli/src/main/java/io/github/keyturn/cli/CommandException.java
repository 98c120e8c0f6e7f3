package io.github.keyturn.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message for people and an exit code for scripts. */
final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  private CommandException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** What the user asked for can't be done as it was asked for. */
  static CommandException usage(String message) {
    return new CommandException(Failures.USAGE, message, null);
  }

  static CommandException rotationFailed(String message, Throwable cause) {
    return new CommandException(Failures.ROTATION_FAILED, message, cause);
  }

  static CommandException machineLacks(String message, Throwable cause) {
    return new CommandException(Failures.MACHINE_LACKS, message, cause);
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}

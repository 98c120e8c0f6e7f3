package io.github.keyturn.testkit;

/**
 * Ends a function from within a call of Secrets Manager. The handler lets errors of the virtual
 * machine pass, since Lambda ends a process that had one; no rotator has a reason to catch it.
 */
final class FunctionDied extends VirtualMachineError {
  private static final long serialVersionUID = 1;

  FunctionDied() {
    super("the kit ended the function here");
  }
}

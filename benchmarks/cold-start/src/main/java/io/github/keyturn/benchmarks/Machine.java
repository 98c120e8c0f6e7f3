package io.github.keyturn.benchmarks;

import java.nio.file.Path;

/**
 * What functions run on.
 *
 * @param memory in MB, as it is set for a function of Lambda
 */
record Machine(Path javaHome, int memory) {

  /** With so much memory a function has a core for itself. */
  private static final double MEMORY_OF_A_CORE = 1769;

  double share() {
    return memory / MEMORY_OF_A_CORE;
  }
}

package io.github.keyturn.benchmarks;

import java.nio.file.Path;

/**
 * An implementation.
 *
 * @param command what starts it, for a shell: a runtime that serves Lambda's Runtime API itself
 * @param folder where it is started
 */
record Candidate(String name, String command, Path folder) {}

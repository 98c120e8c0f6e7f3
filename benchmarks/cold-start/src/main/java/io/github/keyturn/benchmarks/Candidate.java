package io.github.keyturn.benchmarks;

import io.github.keyturn.local.lambda.ChildJvmFunction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something to measure: a function of ours, or a program that serves Lambda's runtime API itself.
 *
 * @param folder the unpacked code of a function; where the program is started
 * @param handler of a function
 * @param command of a program, for a shell
 * @param variables what it needs beside Lambda's own
 * @param packageSize what is uploaded for it, in bytes
 */
record Candidate(
    String name,
    Path folder,
    Optional<String> handler,
    Optional<String> command,
    Map<String, String> variables,
    boolean snapStart,
    OptionalLong packageSize) {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String UNUSED = "none";

  static Candidate program(
      String name, String command, Map<String, String> variables, OptionalLong packageSize) {
    return new Candidate(
        name,
        Path.of("").toAbsolutePath(),
        Optional.empty(),
        Optional.of(command),
        variables,
        false,
        packageSize);
  }

  static Candidate function(
      String name, Path folder, String handler, Map<String, String> variables) {
    return new Candidate(
        name,
        folder,
        Optional.of(handler),
        Optional.empty(),
        variables,
        false,
        OptionalLong.empty());
  }

  /** The same, started in another folder. */
  Candidate in(Path otherFolder) {
    return new Candidate(name, otherFolder, handler, command, variables, snapStart, packageSize);
  }

  Candidate ofSize(long bytes) {
    return new Candidate(
        name, folder, handler, command, variables, snapStart, OptionalLong.of(bytes));
  }

  /** The same with other variables. */
  Candidate with(String newName, Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(variables);
    all.putAll(more);
    return new Candidate(newName, folder, handler, command, all, snapStart, packageSize);
  }

  /** The same, restored from a snapshot. */
  Candidate restored(String newName) {
    return new Candidate(newName, folder, handler, command, variables, true, packageSize);
  }

  /** A function that is not started yet. */
  ChildJvmFunction build(World world, Machine machine, Meter meter) throws IOException {
    ChildJvmFunction.Builder builder =
        ChildJvmFunction.builder(folder)
            .name("cold-start")
            .handler(handler.orElse(UNUSED))
            .memory(machine.memory())
            .timeout(PATIENCE)
            .javaHome(machine.javaHome())
            .environment(world.environment(snapStart))
            .environment(variables)
            .log(meter::log)
            .atCheckpoint(process -> meter.restart())
            .command(line -> inShell(meter.group(), line));
    return (snapStart ? builder.snapStart() : builder).build();
  }

  private List<String> inShell(Cgroup group, List<String> line) {
    List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c"));
    if (command.isPresent()) {
      shell.add(group.enter() + "exec " + command.get());
    } else {
      shell.add(group.enter() + "exec \"$@\"");
      shell.add("sh");
      shell.addAll(line);
    }
    return shell;
  }
}

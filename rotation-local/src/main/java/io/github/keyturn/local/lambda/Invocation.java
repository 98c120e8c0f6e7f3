package io.github.keyturn.local.lambda;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One invocation of a function, with what Lambda would report of it.
 *
 * @param requestId the id of the invocation, as the function sees it
 * @param failed whether the function failed, did not end in time, or ended its process
 * @param payload the function's result, or the error envelope if it failed: JSON
 * @param initDuration from the start of the process until it asked for its first event; absent if
 *     the process was there already, or was initialised on the invocation's own time
 * @param restoreDuration from the restore of a snapshot until it asked for its first event, with
 *     {@link ChildJvmFunction.Builder#snapStart()}
 * @param duration from when the process got the event until it had posted its answer
 * @param memorySize the function's memory in MB
 * @param peakMemory the most that the process ever had in RAM, in bytes; absent if it has ended
 */
public record Invocation(
    String requestId,
    boolean failed,
    String payload,
    Optional<Duration> initDuration,
    Optional<Duration> restoreDuration,
    Duration duration,
    int memorySize,
    OptionalLong peakMemory) {

  private static final double NANOS_PER_MILLI = 1e6;
  private static final int BYTES_PER_MB_SHIFT = 20;

  /** The function's error type if it failed, such as {@code java.lang.IllegalStateException}. */
  public Optional<String> errorType() {
    return failed ? Optional.of(Envelope.type(payload)) : Optional.empty();
  }

  /** The function's error message if it failed. */
  public Optional<String> errorMessage() {
    return failed ? Optional.of(Envelope.message(payload)) : Optional.empty();
  }

  /** The line with which Lambda ends an invocation in a function's log. */
  public String report() {
    StringBuilder line = new StringBuilder("REPORT RequestId: ").append(requestId);
    add(line, "Duration", millis(duration));
    add(line, "Billed Duration", billedMillis() + " ms");
    add(line, "Memory Size", memorySize + " MB");
    peakMemory.ifPresent(
        bytes -> add(line, "Max Memory Used", (bytes >> BYTES_PER_MB_SHIFT) + " MB"));
    initDuration.ifPresent(init -> add(line, "Init Duration", millis(init)));
    restoreDuration.ifPresent(restore -> add(line, "Restore Duration", millis(restore)));
    return line.toString();
  }

  /** Lambda bills the initialisation too, and each millisecond that was begun. */
  private long billedMillis() {
    Duration billed =
        duration
            .plus(initDuration.orElse(Duration.ZERO))
            .plus(restoreDuration.orElse(Duration.ZERO));
    return (long) Math.ceil(billed.toNanos() / NANOS_PER_MILLI);
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.2f ms", duration.toNanos() / NANOS_PER_MILLI);
  }

  private static void add(StringBuilder line, String name, String value) {
    line.append('\t').append(name).append(": ").append(value);
  }
}

package io.github.keyturn;

import io.github.keyturn.internal.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Takes the secret values of one invocation out of whatever is about to be seen. */
final class Redactor {

  private static final String MASK = "***";

  /** What a message may say, since it helps and is no secret. */
  private static final Set<String> PUBLIC_FIELDS =
      Set.of(
          "engine",
          "host",
          "port",
          "dbname",
          "username",
          "ssl",
          "masterarn",
          "dbInstanceIdentifier",
          "dbClusterIdentifier",
          "nodes",
          "sentinels",
          "sentinelmaster");

  private static final List<String> SECRET_WORDS =
      List.of("pass", "secret", "key", "token", "credential", "private");

  /** Shorter values occur in any text by chance; masking them would hide the message instead. */
  private static final int SHORTEST_SECRET = 3;

  private static final int SHORTEST_OTHER = 6;

  private boolean foreignMessagesHidden;

  /** Longest first, so that a value that contains another one is masked as a whole. */
  private final Set<String> values =
      Collections.synchronizedSet(
          new TreeSet<>(
              Comparator.comparingInt(String::length)
                  .reversed()
                  .thenComparing(Comparator.naturalOrder())));

  /** While a value may be quoted that nobody has told us yet. */
  void hideForeignMessages(boolean hidden) {
    foreignMessagesHidden = hidden;
  }

  boolean hidesForeignMessages() {
    return foreignMessagesHidden;
  }

  void learn(@Nullable Secret secret) {
    if (secret != null) {
      learn(secret.reveal(), SHORTEST_SECRET);
    }
  }

  void learn(SecretDocument document) {
    document.fields().forEach(this::learnField);
  }

  private void learnField(String name, @Nullable Object value) {
    if (!PUBLIC_FIELDS.contains(name)) {
      learnValue(value, looksSecret(name) ? SHORTEST_SECRET : SHORTEST_OTHER);
    }
  }

  private void learnValue(@Nullable Object value, int shortest) {
    if (value instanceof Map<?, ?> fields) {
      fields.values().forEach(item -> learnValue(item, shortest));
    } else if (value instanceof List<?> items) {
      items.forEach(item -> learnValue(item, shortest));
    } else if (value != null && !(value instanceof Boolean)) {
      learn(value.toString(), shortest);
    }
  }

  private void learn(String value, int shortest) {
    if (value.length() >= shortest) {
      values.add(value);
      values.add(Json.escape(value));
      String inForm = URLEncoder.encode(value, StandardCharsets.UTF_8);
      values.add(inForm);
      values.add(inForm.replace("+", "%20"));
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      values.add(Base64.getEncoder().encodeToString(bytes));
      values.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
  }

  static boolean looksSecret(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return SECRET_WORDS.stream().anyMatch(lowerCase::contains);
  }

  String clean(String text) {
    String cleaned = text;
    synchronized (values) {
      for (String value : values) {
        cleaned = cleaned.replace(value, MASK);
      }
    }
    return cleaned;
  }

  /** The same failure with its whole cause chain redacted. */
  RotationException clean(RotationException failure) {
    RotationException safe =
        new RotationException(
            failure.reason(),
            clean(failure.problem()),
            cleanCause(failure.getCause(), identities()));
    safe.setStackTrace(failure.getStackTrace());
    return safe;
  }

  private @Nullable Throwable cleanCause(@Nullable Throwable cause, Set<Throwable> seen) {
    if (cause == null || !seen.add(cause)) {
      return null;
    }
    RedactedException safe =
        new RedactedException(
            cause.getClass().getName() + ": " + shown(cause), cleanCause(cause.getCause(), seen));
    safe.setStackTrace(cause.getStackTrace());
    for (Throwable suppressed : cause.getSuppressed()) {
      Throwable safeSuppressed = cleanCause(suppressed, seen);
      if (safeSuppressed != null) {
        safe.addSuppressed(safeSuppressed);
      }
    }
    return safe;
  }

  private String shown(Throwable cause) {
    return foreignMessagesHidden && !(cause instanceof RotationException)
        ? "its message is not shown, since it may quote a value that was just issued"
        : clean(message(cause));
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "" : message;
  }

  private static Set<Throwable> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Stands for somebody else's exception, whose class its message names. */
  private static final class RedactedException extends Exception {
    private static final long serialVersionUID = 1;

    RedactedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}

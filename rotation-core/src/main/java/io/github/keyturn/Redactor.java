package io.github.keyturn;

import io.github.keyturn.internal.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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

  private final Set<String> values = Collections.synchronizedSet(new HashSet<>());

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
    for (Map.Entry<String, @Nullable Object> field : document.fields().entrySet()) {
      learnField(field.getKey(), field.getValue());
    }
  }

  private void learnField(String name, @Nullable Object value) {
    if (!PUBLIC_FIELDS.contains(name)) {
      learnValue(value, looksSecret(name) ? SHORTEST_SECRET : SHORTEST_OTHER);
    }
  }

  private void learnValue(@Nullable Object value, int shortest) {
    if (value instanceof Map<?, ?> fields) {
      for (Object item : fields.values()) {
        learnValue(item, shortest);
      }
    } else if (value instanceof List<?> items) {
      for (Object item : items) {
        learnValue(item, shortest);
      }
    } else if (value != null && !(value instanceof Boolean)) {
      learn(value.toString(), shortest);
    }
  }

  private void learn(String value, int shortest) {
    if (value.length() >= shortest) {
      values.add(value);
    }
  }

  static boolean looksSecret(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    for (String word : SECRET_WORDS) {
      if (lowerCase.contains(word)) {
        return true;
      }
    }
    return false;
  }

  String clean(String text) {
    String cleaned = text;
    for (String form : forms()) {
      cleaned = cleaned.replace(form, MASK);
    }
    return cleaned;
  }

  /**
   * The values as they may stand in a text; longest first, so that one that contains another one is
   * masked as a whole.
   */
  private List<String> forms() {
    Set<String> forms = new HashSet<>();
    synchronized (values) {
      for (String value : values) {
        forms.add(value);
        forms.add(Json.escape(value));
        String inForm = URLEncoder.encode(value, StandardCharsets.UTF_8);
        forms.add(inForm);
        forms.add(inForm.replace("+", "%20"));
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        forms.add(Base64.getEncoder().encodeToString(bytes));
        forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
      }
    }
    List<String> longestFirst = new ArrayList<>(forms);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    return longestFirst;
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

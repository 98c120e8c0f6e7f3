package io.github.keyturn.testkit;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.github.keyturn.SecretDocument;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a function let out, and the secret values that must not be in it. */
final class Leaks {

  /** A shorter value occurs in any text by chance. */
  private static final int SHORTEST = 4;

  private static final int CONTEXT = 60;

  private final Set<String> secretFields;
  private final Set<String> values = ConcurrentHashMap.newKeySet();
  private final Queue<Text> texts = new ConcurrentLinkedQueue<>();

  private record Text(String origin, String content) {}

  Leaks(Set<String> secretFields) {
    this.secretFields = secretFields;
  }

  void learn(SecretDocument document) {
    for (String name : document.names()) {
      if (secretFields.contains(name)) {
        document.find(name).filter(value -> value.length() >= SHORTEST).ifPresent(values::add);
      }
    }
  }

  void logged(String line) {
    texts.add(new Text("a log line", line));
  }

  void thrown(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    texts.add(new Text("an exception, with its causes and stack trace,", trace.toString()));
  }

  Set<String> values() {
    return Set.copyOf(values);
  }

  /** The first text with a secret value, which is masked. */
  Optional<String> find() {
    return texts.stream()
        .flatMap(
            text -> find(text.content, values).map(at -> text.origin + " shows " + at).stream())
        .findFirst();
  }

  /** The neighbourhood of the first of these values in the text. */
  static Optional<String> find(String text, Set<String> values) {
    for (String value : values) {
      for (String form : forms(value)) {
        int at = text.indexOf(form);
        if (at >= 0) {
          return Optional.of("a secret value: …" + around(text, at, values) + "…");
        }
      }
    }
    return Optional.empty();
  }

  private static String around(String text, int at, Set<String> values) {
    String shown = mask(text, values);
    int start = Math.max(0, mask(text.substring(0, at), values).length() - CONTEXT);
    return shown
        .substring(start, Math.min(shown.length(), start + 2 * CONTEXT))
        .replaceAll("\\s+", " ")
        .strip();
  }

  static String mask(String text, Set<String> values) {
    String masked = text;
    for (String value : values) {
      for (String form : forms(value)) {
        masked = masked.replace(form, "***");
      }
    }
    return masked;
  }

  private static List<String> forms(String value) {
    return List.of(
        value,
        String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)),
        URLEncoder.encode(value, StandardCharsets.UTF_8),
        base64(value, 0),
        base64(value, 1),
        base64(value, 2));
  }

  /** What all texts have in common that hold the value after so many bytes, modulo three. */
  private static String base64(String value, int offset) {
    String encoded =
        Base64.getEncoder()
            .encodeToString((" ".repeat(offset) + value).getBytes(StandardCharsets.UTF_8));
    int start = offset == 0 ? 0 : offset + 1;
    int end = encoded.length() - (encoded.endsWith("=") ? 4 : 0);
    return end - start < SHORTEST ? value : encoded.substring(start, end);
  }
}

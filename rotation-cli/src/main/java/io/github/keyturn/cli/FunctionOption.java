package io.github.keyturn.cli;

import java.nio.file.Path;
import java.util.Optional;

/** The value of an option of the form {@code NAME=ZIP} or {@code NAME=ZIP#CLASS}. */
record FunctionOption(String name, Path zip, Optional<String> handler) {

  /** picocli turns the text of an option into its value with it. */
  static FunctionOption valueOf(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw CommandException.usage(
          "--function must be NAME=ZIP or NAME=ZIP#CLASS, but is '%s'.".formatted(text));
    }
    String code = text.substring(equals + 1);
    int hash = code.lastIndexOf('#');
    return new FunctionOption(
        text.substring(0, equals),
        Path.of(hash < 0 ? code : code.substring(0, hash)),
        hash < 0 ? Optional.empty() : Optional.of(code.substring(hash + 1)));
  }
}

package io.github.keyturn.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The value of an option that names a function and where it is. */
sealed interface FunctionOption {

  String name();

  /** {@code NAME=ZIP} or {@code NAME=ZIP#CLASS}. */
  record Zip(String name, Path zip, Optional<String> handler) implements FunctionOption {}

  /** {@code NAME=URL}, of an endpoint that speaks Lambda's API. */
  record Endpoint(String name, URI url) implements FunctionOption {}

  /** {@code NAME=-}: there is none, and a person takes the steps. */
  record ByHand(String name) implements FunctionOption {}

  /** Takes the text apart. */
  final class Converter implements ITypeConverter<FunctionOption> {

    @Override
    public FunctionOption convert(String text) {
      int equals = text.indexOf('=');
      if (equals < 1 || equals == text.length() - 1) {
        throw new TypeConversionException(
            "it must be NAME=ZIP, NAME=ZIP#CLASS, NAME=URL or NAME=-, but is '%s'."
                .formatted(text));
      }
      String name = text.substring(0, equals);
      String where = text.substring(equals + 1);
      if (where.equals("-")) {
        return new ByHand(name);
      }
      return where.contains("://") ? endpoint(name, where) : zip(name, where);
    }

    private static Endpoint endpoint(String name, String where) {
      try {
        URI url = new URI(where);
        if ("http".equals(url.getScheme()) && url.getHost() != null) {
          return new Endpoint(name, url);
        }
      } catch (URISyntaxException e) {
        // the message is the same
      }
      throw new TypeConversionException(
          "the URL must be one like http://127.0.0.1:3001, but is '%s'.".formatted(where));
    }

    private static Zip zip(String name, String code) {
      int hash = code.lastIndexOf('#');
      return new Zip(
          name,
          Path.of(hash < 0 ? code : code.substring(0, hash)),
          hash < 0 ? Optional.empty() : Optional.of(code.substring(hash + 1)));
    }
  }
}

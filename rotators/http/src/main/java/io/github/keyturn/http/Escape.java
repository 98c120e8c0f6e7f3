package io.github.keyturn.http;

import static io.github.keyturn.RotationException.Reason.MISCONFIGURED;

import io.github.keyturn.RotationException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** How a value is written, so that it stays a value wherever it stands. */
enum Escape {
  /** As it is: JSON is escaped as a whole when it is written. */
  NONE,
  /** A segment of a URL's path: it can't become two, nor lead upwards. */
  PATH,
  /** Name or value in a query or a form. */
  FORM,
  /** A header's value: it can't begin another header. */
  HEADER;

  String apply(String value) {
    return switch (this) {
      case NONE -> value;
      case PATH -> segment(value);
      case FORM -> URLEncoder.encode(value, StandardCharsets.UTF_8);
      case HEADER -> header(value);
    };
  }

  private static String segment(String value) {
    if (value.isEmpty() || value.equals(".") || value.equals("..")) {
      throw new RotationException(
          MISCONFIGURED,
          "a value that is part of a URL's path is empty, '.' or '..'; correct the secret");
    }
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Whether this can stand in a header; the HTTP client's own check quotes what it refuses. */
  static boolean fitsHeader(String value) {
    return value.chars().allMatch(character -> character >= ' ' && character <= '~');
  }

  private static String header(String value) {
    if (!fitsHeader(value)) {
      throw new RotationException(
          MISCONFIGURED,
          "a value that is part of a header has a line break or another character that a header"
              + " can't carry; correct the secret, which may have been stored with a line break at"
              + " its end");
    }
    return value;
  }
}

package io.github.keyturn.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of keys. A name says whose key it is and which version it was issued for: what stands
 * before {@code ${version}} is of this secret and no other, then comes the ClientRequestToken, as
 * much of it as the limit leaves, and a few characters that tell two tries apart.
 *
 * @param template such as {@code keyturn-${secretTag}-${version}}
 * @param maxLength the longest name that the provider takes
 */
record Naming(String template, int maxLength) {

  static final Naming STANDARD = new Naming("keyturn-${secretTag}-${version}", 64);

  private static final String TAG = "${secretTag}";
  private static final String SECRET_NAME = "${secretName}";
  private static final String VERSION = "${version}";
  private static final int TAG_LENGTH = 12;
  private static final int LONGEST_SECRET_NAME = 24;
  private static final int TRY_LENGTH = 6;

  /** Two tokens that share so many characters are not to be expected. */
  private static final int SHORTEST_TOKEN = 12;

  private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9 ._:/-]*");
  private static final Pattern ARN_NAME =
      Pattern.compile("arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+?)(?:-[A-Za-z0-9]{6})?");

  private static final Random RANDOM = new SecureRandom();

  static Naming parse(Node node) {
    node.only(Fields.NAMING);
    Naming naming =
        new Naming(
            node.find("template").map(Node::text).orElse(STANDARD.template),
            node.get("maxLength").integer(1, 512));
    naming.require(node);
    return naming;
  }

  private void require(Node node) {
    boolean inOrder =
        template.endsWith(VERSION)
            && template.indexOf(TAG) >= 0
            && template.indexOf(VERSION) == template.length() - VERSION.length();
    String literal = template.replace(TAG, "").replace(SECRET_NAME, "").replace(VERSION, "");
    if (!inOrder || !LITERAL.matcher(literal).matches()) {
      throw node.wrong(
          "has the template %s; it must be of plain characters, ${secretName} if you like, ${secretTag}, and ${version} at its end"
              .formatted(Node.quote(template)));
    }
    String longestPrefix =
        prefixTemplate()
            .replace(TAG, "x".repeat(TAG_LENGTH))
            .replace(SECRET_NAME, "x".repeat(LONGEST_SECRET_NAME));
    int left = maxLength - longestPrefix.length() - TRY_LENGTH - 1;
    if (left < SHORTEST_TOKEN) {
      throw node.wrong(
          "leaves %d characters for the version, and must leave %d; shorten the template"
              .formatted(Math.max(0, left), SHORTEST_TOKEN));
    }
  }

  private String prefixTemplate() {
    return template.substring(0, template.length() - VERSION.length());
  }

  /** What the names of all keys of this secret begin with, and no other secret's. */
  String prefix(String secretArn) {
    return prefixTemplate()
        .replace(TAG, tag(secretArn))
        .replace(SECRET_NAME, secretName(secretArn));
  }

  /** A name for a key that is about to be issued; no two are the same. */
  String newName(String secretArn, String token) {
    String prefix = prefix(secretArn);
    StringBuilder aTry = new StringBuilder();
    RANDOM
        .ints(TRY_LENGTH, 0, Character.MAX_RADIX)
        .forEach(digit -> aTry.append(Character.forDigit(digit, Character.MAX_RADIX)));
    return prefix + shortened(prefix, token) + "-" + aTry;
  }

  private String shortened(String prefix, String token) {
    int room = maxLength - prefix.length() - TRY_LENGTH - 1;
    return token.length() <= room ? token : token.substring(0, room);
  }

  /** Whether this version part of a name is that of this token. */
  boolean isOf(String secretArn, String version, String token) {
    return version.equals(shortened(prefix(secretArn), token));
  }

  /** The part of the token in a name that we gave to a key of this secret. */
  Optional<String> version(String secretArn, String name) {
    String prefix = prefix(secretArn);
    int end = name.length() - TRY_LENGTH - 1;
    return name.startsWith(prefix) && end > prefix.length() && name.charAt(end) == '-'
        ? Optional.of(name.substring(prefix.length(), end))
        : Optional.empty();
  }

  private static String tag(String secretArn) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(secretArn.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, TAG_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static String secretName(String secretArn) {
    Matcher arn = ARN_NAME.matcher(secretArn);
    String name = (arn.matches() ? arn.group(1) : secretArn).replaceAll("[^A-Za-z0-9._-]", "-");
    return name.substring(0, Math.min(LONGEST_SECRET_NAME, name.length()));
  }
}

package io.github.keyturn.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code ImageTool make ZIP HANDLER SECRET FOLDER} lays a function out and makes its cache; {@code
 * ImageTool check SECRET FOLDER} fails unless its cache is used. Both with the JVM that it runs on,
 * which is the image's.
 */
public final class ImageTool {

  private ImageTool() {}

  /** Ends with an exception, and the exit code 1, unless all went well. */
  @SuppressWarnings("SystemOut") // a build step's output
  public static void main(String... arguments) throws Exception {
    if (arguments.length == 5 && arguments[0].equals("make")) {
      ImageFolder image =
          ImageFolder.of(Path.of(arguments[1]), arguments[2], Path.of(arguments[4]));
      cache(image, arguments[3]).make();
      System.out.println("made " + image.cache());
    } else if (arguments.length == 3 && arguments[0].equals("check")) {
      ImageFolder image = ImageFolder.at(Path.of(arguments[2]));
      long classes = cache(image, arguments[1]).check();
      System.out.println(classes + " classes come from " + image.cache());
    } else {
      throw new IllegalArgumentException(
          "expected 'make ZIP HANDLER SECRET FOLDER' or 'check SECRET FOLDER'");
    }
  }

  private static AotCache cache(ImageFolder image, String secret) throws IOException {
    return new AotCache(
        image, Path.of(System.getProperty("java.home")), Files.readString(Path.of(secret)));
  }
}

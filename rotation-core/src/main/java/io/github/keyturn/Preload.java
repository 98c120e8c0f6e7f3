package io.github.keyturn;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * Loads, verifies and links classes without running any of their code: so nothing of a process is
 * there afterwards but the classes.
 */
final class Preload {

  private static final String CLASS = ".class";

  /**
   * The JDK's own that a TLS connection needs, and its default archive of classes does not have.
   */
  private static final List<String> OF_THE_JDK =
      List.of(
          "com/sun/crypto/provider",
          "java/security",
          "javax/crypto",
          "javax/net/ssl",
          "sun/net/www/http",
          "sun/net/www/protocol/http",
          "sun/security/ec",
          "sun/security/internal",
          "sun/security/provider",
          "sun/security/rsa",
          "sun/security/ssl",
          "sun/security/util",
          "sun/security/validator",
          "sun/security/x509");

  /** Until JDK 22 elliptic curves had a module of their own. */
  private static final List<String> MODULES = List.of("java.base", "jdk.crypto.ec");

  /**
   * Jars of clients that hardly a function uses, with thousands of classes. The zips' assembly puts
   * the SDK's jars last on the class path by this prefix.
   */
  private static final List<String> SELDOM_USED = List.of("z-rds-", "z-secretsmanager-");

  private Preload() {}

  /**
   * The function's own classes and libraries, and the JDK's for TLS.
   *
   * @param code where Lambda has unpacked the zip: classes at its top, jars in {@code lib}
   */
  static void everything(Path code) throws IOException {
    for (String file : filesIn(code)) {
      load(file);
    }
    for (Path jar : jarsIn(code.resolve("lib"))) {
      try (JarFile file = new JarFile(jar.toFile())) {
        for (JarEntry entry : Collections.list(file.entries())) {
          load(entry.getName());
        }
      }
    }
    FileSystem jdk = FileSystems.getFileSystem(URI.create("jrt:/"));
    for (String module : MODULES) {
      for (String folder : OF_THE_JDK) {
        for (String file : filesIn(jdk.getPath("modules", module, folder))) {
          load(folder + "/" + file);
        }
      }
    }
  }

  private static List<String> filesIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> folder.relativize(file).toString()).toList();
    }
  }

  private static List<Path> jarsIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Preload::isWanted).toList();
    }
  }

  private static boolean isWanted(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".jar") && SELDOM_USED.stream().noneMatch(name::startsWith);
  }

  private static void load(String file) {
    if (!file.endsWith(CLASS) || file.startsWith("META-INF") || file.contains("-info.")) {
      return;
    }
    String name = file.substring(0, file.length() - CLASS.length()).replace('/', '.');
    try {
      Class<?> loaded = Class.forName(name, false, Preload.class.getClassLoader());
      // to list its methods, the JVM links the class
      Method[] unused = loaded.getDeclaredMethods();
    } catch (ClassNotFoundException | LinkageError e) {
      // a part of a library that needs another one, which is not here
    }
  }
}

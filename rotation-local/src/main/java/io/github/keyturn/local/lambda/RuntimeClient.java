package io.github.keyturn.local.lambda;

import com.amazonaws.services.lambda.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/**
 * The runtime interface client that the managed runtimes run functions with, from this JVM's class
 * path. On Lambda it is a part of the runtime, in {@code /var/runtime/lib}, and not of the zip.
 */
final class RuntimeClient {

  static final String MAIN_CLASS = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  /** By default every process would unpack the library to one and the same file. */
  static final String LIBRARY_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  static final String LIBRARY = "libaws-lambda-jni.so";

  private static final Path MUSL_LOADERS = Path.of("/lib");

  private RuntimeClient() {}

  /** The client and what it needs, which functions see before their own classes. */
  static List<Path> jars() {
    return Stream.of(
            LambdaRuntime.class,
            AWSLambda.class,
            PojoSerializer.class,
            SdkInternalThreadLocal.class)
        .map(RuntimeClient::jar)
        .toList();
  }

  private static Path jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no file holds " + type, e);
    }
  }

  /** Unpacks the client's native part for this machine. */
  static void unpackLibrary(Path folder) throws IOException {
    String name = "/jni/libaws-lambda-jni.%s-%s.so".formatted(system(), processor());
    try (InputStream library = AWSLambda.class.getResourceAsStream(name)) {
      if (library == null) {
        throw new FileNotFoundException(
            "the runtime interface client runs on Linux on x86-64 or arm64, not on %s on %s; use 'sam local invoke' here"
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
      }
      Files.copy(library, folder.resolve(LIBRARY));
    }
  }

  private static String system() throws IOException {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.equals("linux") && isMusl() ? "linux_musl" : name;
  }

  private static boolean isMusl() throws IOException {
    try (Stream<Path> files = Files.list(MUSL_LOADERS)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("ld-musl-"));
    }
  }

  private static String processor() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64" -> "x86_64";
      case "aarch64" -> "aarch_64";
      default -> name;
    };
  }
}

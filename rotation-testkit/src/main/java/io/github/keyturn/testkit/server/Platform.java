package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.net.URL;

/** What this machine can run. */
final class Platform {

  private Platform() {}

  /** A file of binaries that exist for Linux on x86-64 alone. */
  static URL resource(String product, String name, String artifact) throws IOException {
    return resource(
        product, name, artifact, System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static URL resource(String product, String name, String artifact, String osName, String osArch)
      throws IOException {
    if (!osName.equals("Linux") || !osArch.equals("amd64")) {
      throw new IOException(
          "there is no %s for %s %s in Maven, only for Linux amd64: set %s=true to use Docker"
              .formatted(product, osName, osArch, TestcontainersSwitch.VARIABLE));
    }
    URL resource = Platform.class.getResource(name);
    if (resource == null) {
      throw new IOException(
          "no %s on the class path (%s): add %s as a test dependency, or set %s=true to use Docker"
              .formatted(product, name, artifact, TestcontainersSwitch.VARIABLE));
    }
    return resource;
  }
}

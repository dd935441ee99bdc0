// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import dev.unerring.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the central directory of a zip file (with zip64) and believes nothing: the end record must
 * end the file, the directory must stand directly before it, local headers must agree with it, and
 * no two entries may share a byte.
 */
final class ZipDirectory {
  static final int MAX_ENTRIES = 4096;

  /** No deflate stream expands more than this. */
  static final long MAX_EXPANSION = 1032;

  /** Images of binary volumes reach about 250; a bomb of equal bytes about 1000. */
  static final long SUSPICIOUS_EXPANSION = 500;

  /** Entries up to this size may expand as they like. */
  static final long SUSPICIOUS_BYTES = 16L << 20;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR_BYTES = 20;
  private static final long SATURATED = 0xFFFFFFFFL;

  private static final String AGAIN = "download or write the file again";

  private final Path path;
  private final MemorySegment file;

  private ZipDirectory(Path path, MemorySegment file) {
    this.path = path;
    this.file = file;
  }

  /** The entries in the order of the directory; DataException for anything that is not sound. */
  static List<ZipEntry> read(Path path, MemorySegment file) {
    return new ZipDirectory(path, file).entries();
  }

  /** The comment of an archive that {@link #read} accepts. */
  static String comment(Path path, MemorySegment file) {
    ZipDirectory directory = new ZipDirectory(path, file);
    long end = directory.endRecord();
    return directory.name(end + END_BYTES, directory.u16(end + 20));
  }

  /** Position and entry count of the directory, which ends at {@code start + size}. */
  private record Extent(long start, long size, long count) {}

  private List<ZipEntry> entries() {
    Extent directory = extent(endRecord());
    if (directory.count() > MAX_ENTRIES || directory.count() * CENTRAL_BYTES > directory.size()) {
      throw refusal(
          "its directory declares "
              + directory.count()
              + " entries in "
              + directory.size()
              + " bytes",
          AGAIN);
    }
    List<ZipEntry> entries = new ArrayList<>();
    Map<String, ZipEntry> byName = new TreeMap<>();
    long at = directory.start();
    long end = directory.start() + directory.size();
    for (long i = 0; i < directory.count(); i++) {
      ZipEntry entry = central(at, end, directory.start());
      if (byName.put(entry.name(), entry) != null) {
        throw Refusal.entry(
            path, entry.name(), "it stands twice in the file", "keep one array of this name");
      }
      entries.add(entry);
      at += CENTRAL_BYTES + u16(at + 28) + u16(at + 30) + u16(at + 32);
    }
    if (at != end) {
      throw refusal("its directory holds more than the entries that it declares", AGAIN);
    }
    refuseOverlap(entries);
    return entries;
  }

  private long endRecord() {
    long last = file.byteSize() - END_BYTES;
    for (long at = last; at >= 0 && at >= last - 0xFFFF; at--) {
      if (u32(at) == END_SIGNATURE && at + END_BYTES + u16(at + 20) == file.byteSize()) {
        return at;
      }
    }
    boolean zip = file.byteSize() >= 4 && u32(0) == LOCAL_SIGNATURE;
    throw zip
        ? refusal("the file is cut off (a zip file without its end record)", AGAIN)
        : refusal(
            "this is not an npz file (no zip archive)",
            "give a MedMNIST-shaped .npz as numpy.savez writes it");
  }

  private Extent extent(long end) {
    long locator = end - LOCATOR_BYTES;
    boolean zip64 = locator >= 0 && u32(locator) == LOCATOR_SIGNATURE;
    if (u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != u16(end + 10)) {
      throw refusal("it is one part of a zip archive in several files", "join the parts");
    }
    long count = u16(end + 10);
    long size = u32(end + 12) & SATURATED;
    long start = u32(end + 16) & SATURATED;
    long directoryEnd = end;
    if (zip64) {
      directoryEnd = file.get(U64, locator + 8);
      if (directoryEnd < 0
          || directoryEnd > locator - END64_BYTES
          || u32(directoryEnd) != END64_SIGNATURE) {
        throw refusal("its zip64 end record is not where it should be", AGAIN);
      }
      count = agreed(count, 0xFFFF, file.get(U64, directoryEnd + 32));
      size = agreed(size, SATURATED, file.get(U64, directoryEnd + 40));
      start = agreed(start, SATURATED, file.get(U64, directoryEnd + 48));
    }
    if (start < 0 || size < 0 || start > directoryEnd || start + size != directoryEnd) {
      throw refusal(
          "its directory is not where the end record says (cut off, or with bytes added)", AGAIN);
    }
    return new Extent(start, size, count);
  }

  /** A field that is saturated in the short record is in the long one; otherwise both agree. */
  private long agreed(long shortField, long saturated, long longField) {
    if (longField < 0 || (shortField != saturated && shortField != longField)) {
      throw refusal("its two end records contradict each other", AGAIN);
    }
    return longField;
  }

  private ZipEntry central(long at, long end, long dataEnd) {
    if (at + CENTRAL_BYTES > end || u32(at) != CENTRAL_SIGNATURE) {
      throw refusal("its directory is damaged at byte " + at, AGAIN);
    }
    int nameBytes = u16(at + 28);
    int extraBytes = u16(at + 30);
    if (at + CENTRAL_BYTES + nameBytes + extraBytes + u16(at + 32) > end) {
      throw refusal("its directory is damaged at byte " + at, AGAIN);
    }
    String name = name(at + CENTRAL_BYTES, nameBytes);
    int method = u16(at + 10);
    if ((u16(at + 8) & 1) != 0) {
      throw Refusal.entry(path, name, "it is encrypted", "write it without a password");
    }
    if (method != 0 && method != 8) {
      throw Refusal.entry(
          path,
          name,
          "it is compressed with zip method " + method,
          "use numpy.savez or numpy.savez_compressed");
    }
    Zip64Fields fields = new Zip64Fields(at + CENTRAL_BYTES + nameBytes, extraBytes, name);
    long size = fields.value(u32(at + 24) & SATURATED);
    long compressedSize = fields.value(u32(at + 20) & SATURATED);
    long header = fields.value(u32(at + 42) & SATURATED);
    if (header > dataEnd - LOCAL_BYTES || u32(header) != LOCAL_SIGNATURE) {
      throw Refusal.entry(path, name, "its data are not where the directory says", AGAIN);
    }
    long data = header + LOCAL_BYTES + u16(header + 26) + u16(header + 28);
    if (data > dataEnd || compressedSize > dataEnd - data) {
      throw Refusal.entry(
          path,
          name,
          "its " + compressedSize + " compressed bytes reach beyond the" + " data of the file",
          AGAIN);
    }
    ZipEntry entry =
        new ZipEntry(name, method == 8, u32(at + 16), compressedSize, size, header, data);
    checkSize(entry);
    checkLocalHeader(entry, method);
    return entry;
  }

  private void checkSize(ZipEntry entry) {
    boolean possible =
        entry.deflated()
            ? entry.size() / MAX_EXPANSION <= entry.compressedSize()
            : entry.size() == entry.compressedSize();
    if (!possible) {
      throw Refusal.entry(
          path,
          entry.name(),
          "it declares "
              + entry.size()
              + " bytes, which "
              + entry.compressedSize()
              + " compressed bytes cannot hold: its size is a lie",
          AGAIN);
    }
    if (entry.size() > SUSPICIOUS_BYTES
        && entry.size() / SUSPICIOUS_EXPANSION > entry.compressedSize()) {
      throw Refusal.entry(
          path,
          entry.name(),
          "it inflates "
              + entry.compressedSize()
              + " bytes to "
              + entry.size()
              + ", as a zip bomb does",
          "if this is meant, write it with numpy.savez (not compressed)");
    }
  }

  private void checkLocalHeader(ZipEntry entry, int method) {
    long at = entry.headerOffset();
    int nameBytes = u16(at + 26);
    boolean same = u16(at + 8) == method && name(at + LOCAL_BYTES, nameBytes).equals(entry.name());
    boolean sizesFollowTheData = (u16(at + 6) & 8) != 0;
    if (same && !sizesFollowTheData) {
      Zip64Fields fields =
          new Zip64Fields(at + LOCAL_BYTES + nameBytes, u16(at + 28), entry.name());
      same =
          u32(at + 14) == entry.crc()
              && fields.value(u32(at + 22) & SATURATED) == entry.size()
              && fields.value(u32(at + 18) & SATURATED) == entry.compressedSize();
    }
    if (!same) {
      throw Refusal.entry(
          path,
          entry.name(),
          "its local header contradicts the directory (name, method, size or checksum)",
          AGAIN);
    }
  }

  private void refuseOverlap(List<ZipEntry> entries) {
    List<ZipEntry> byOffset = new ArrayList<>(entries);
    byOffset.sort(Comparator.comparingLong(ZipEntry::headerOffset));
    for (int i = 1; i < byOffset.size(); i++) {
      if (byOffset.get(i).headerOffset() < byOffset.get(i - 1).end()) {
        throw Refusal.entry(
            path,
            byOffset.get(i).name(),
            "it overlaps with entry "
                + Refusal.printable(byOffset.get(i - 1).name())
                + ", as in a zip bomb",
            AGAIN);
      }
    }
  }

  /** The 64-bit values of the extra field 1; they stand there in order for saturated fields. */
  private final class Zip64Fields {
    private final String name;
    private long at;
    private long end;

    Zip64Fields(long start, int bytes, String name) {
      this.name = name;
      for (long field = start; field + 4 <= start + bytes; field += 4 + u16(field + 2)) {
        if (u16(field) == 1 && field + 4 + u16(field + 2) <= start + bytes) {
          at = field + 4;
          end = at + u16(field + 2);
        }
      }
    }

    /** The value of the next field, whose 32-bit form is {@code shortForm}. */
    long value(long shortForm) {
      if (shortForm != SATURATED) {
        return shortForm;
      }
      if (at + 8 > end || file.get(U64, at) < 0) {
        throw Refusal.entry(path, name, "a 64-bit size or offset is missing or absurd", AGAIN);
      }
      at += 8;
      return file.get(U64, at - 8);
    }
  }

  private String name(long at, int bytes) {
    byte[] name = file.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
    return new String(name, StandardCharsets.UTF_8);
  }

  private int u16(long at) {
    return file.get(U16, at) & 0xFFFF;
  }

  private int u32(long at) {
    return file.get(U32, at);
  }

  private DataException refusal(String reason, String advice) {
    return Refusal.file(path, reason, advice);
  }
}

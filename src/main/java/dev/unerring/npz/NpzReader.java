// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import dev.unerring.DataException;
import dev.unerring.base.FileHashes;
import dev.unerring.base.IoReason;
import dev.unerring.base.Uninterrupted;
import dev.unerring.base.WorkMonitor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * An npz file (a zip archive of npy arrays of plain numbers), memory-mapped. Nothing that the file
 * declares is believed before it is checked, and no memory is taken for it before that. Every
 * failure is a DataException that names file, entry, reason and what to do.
 */
public final class NpzReader implements AutoCloseable {
  /** Arrays above this are inflated twice: once to prove size and checksum, then to be kept. */
  static final long PROVE_FIRST_BYTES = 16L << 20;

  private static final long PIECE = 1 << 20;
  private static final String SUFFIX = ".npy";
  private static final long MAX_TEXT_BYTES = 4L << 20;
  private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
  private static final Charset UTF_32BE = Charset.forName("UTF-32BE");

  private final Path path;
  private final Arena arena;
  private final boolean ownsArena;
  private final MemorySegment file;
  private final Map<String, ZipEntry> entries = new TreeMap<>();
  private FileHashes hashes;

  private NpzReader(Path path, Arena arena, boolean ownsArena, MemorySegment file) {
    this.path = path;
    this.arena = arena;
    this.ownsArena = ownsArena;
    this.file = file;
    for (ZipEntry entry : ZipDirectory.read(path, file)) {
      entries.put(entry.name(), entry);
    }
  }

  /** The name of an npz file without its folder and suffix. */
  public static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.npz$", "");
  }

  /** Maps the file and reads its directory, no array yet. */
  public static NpzReader open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      return open(path, arena, true);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** The same; the file stays mapped as long as {@code arena}, also after {@link #close()}. */
  public static NpzReader open(Path path, Arena arena) {
    return open(path, arena, false);
  }

  private static NpzReader open(Path path, Arena arena, boolean ownsArena) {
    checkKind(path);
    try {
      return new NpzReader(path, arena, ownsArena, Uninterrupted.run(() -> map(path, arena)));
    } catch (IOException e) {
      throw new DataException(
          path + ": cannot be read: " + IoReason.of(e) + "; check the path and the permissions", e);
    }
  }

  private static MemorySegment map(Path path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() == 0) {
        throw Refusal.file(path, "the file is empty", "download or write it again");
      }
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  private static void checkKind(Path path) {
    if (!Files.exists(path)) {
      throw Refusal.file(
          path, "there is no such file (or its folder may not be read)", "check the path");
    }
    if (Files.isDirectory(path)) {
      throw Refusal.file(path, "this is a folder, not a file", "name the .npz file in it");
    }
    if (!Files.isRegularFile(path)) {
      throw Refusal.file(path, "this is not a regular file", "copy the data into a file first");
    }
  }

  /** The file that was opened. */
  public Path path() {
    return path;
  }

  /** Names of all entries, sorted, as stored; arrays end with {@code .npy}. */
  public List<String> entryNames() {
    return List.copyOf(entries.keySet());
  }

  /** The comment of the archive; empty in files of numpy. */
  public String comment() {
    return ZipDirectory.comment(path, file);
  }

  /** MD5 and SHA-256 of the whole file. */
  public FileHashes hashes() {
    return hashes(WorkMonitor.SILENT);
  }

  /** The same with progress; computed once. */
  public FileHashes hashes(WorkMonitor monitor) {
    if (hashes == null) {
      hashes = FileHashes.of(file, path.getFileName().toString(), monitor);
    }
    return hashes;
  }

  /** Whether there is an array {@code name} (without {@code .npy}). */
  public boolean contains(String name) {
    return entries.containsKey(name + SUFFIX);
  }

  /** The checked header of the array {@code name} (without {@code .npy}). */
  public NpyHeader header(String name) {
    ZipEntry entry = entry(name);
    try (EntryStream stream = new EntryStream(path, file, entry)) {
      return NpyHeaderReader.read(path, entry, stream);
    }
  }

  /**
   * The items of the array {@code name} (without {@code .npy}) as they stand in the file, C order,
   * in memory of {@code arena}.
   */
  public MemorySegment read(String name, Arena arena) {
    return read(name, arena, WorkMonitor.SILENT);
  }

  /** The same with progress; StoppedException when the monitor stops. */
  public MemorySegment read(String name, Arena arena, WorkMonitor monitor) {
    ZipEntry entry = entry(name);
    long bytes = header(name).dataBytes();
    if (bytes > PROVE_FIRST_BYTES) {
      prove(entry, monitor);
    }
    MemorySegment items = allocate(path, bytes, arena);
    try (EntryStream stream = new EntryStream(path, file, entry)) {
      NpyHeaderReader.read(path, entry, stream);
      for (long at = 0; at < bytes; at += PIECE) {
        stream.read(items.asSlice(at, Math.min(PIECE, bytes - at)));
        monitor.stepBytes("reading " + name, Math.min(bytes, at + PIECE), bytes);
      }
      stream.finish();
    }
    return items;
  }

  /** Whether the array {@code name} is not compressed. */
  public boolean stored(String name) {
    return !entry(name).deflated();
  }

  /** The items of a {@link #stored} array where they stand in the file; its CRC is not checked. */
  public MemorySegment mapped(String name) {
    NpyHeader header = header(name);
    return file.asSlice(entry(name).dataOffset() + header.dataOffset(), header.dataBytes());
  }

  /**
   * Hands the items of an array to {@code sink} in pieces of {@code pieceItems} (the last less).
   */
  public void stream(String name, int pieceItems, Consumer<MemorySegment> sink) {
    ZipEntry entry = entry(name);
    try (EntryStream stream = new EntryStream(path, file, entry)) {
      NpyHeader header = NpyHeaderReader.read(path, entry, stream);
      MemorySegment piece = MemorySegment.ofArray(new byte[pieceItems * header.itemBytes()]);
      for (long left = header.dataBytes(); left > 0; left -= piece.byteSize()) {
        MemorySegment next = piece.asSlice(0, Math.min(left, piece.byteSize()));
        stream.read(next);
        sink.accept(next);
      }
      stream.finish();
    }
  }

  /**
   * The texts of the array {@code name} (without {@code .npy}), C order, without the zeros that
   * fill them up.
   *
   * @throws DataException where it is none of numpy's text types, or larger than 4 MiB
   */
  public List<String> texts(String name) {
    ZipEntry entry = entry(name);
    if (entry.size() > MAX_TEXT_BYTES) {
      throw Refusal.entry(path, entry.name(), "it has more than 4 MiB of text", "leave it out");
    }
    try (EntryStream stream = new EntryStream(path, file, entry)) {
      NpyHeader header = NpyHeaderReader.readText(path, entry, stream);
      byte[] bytes = new byte[(int) header.dataBytes()];
      stream.read(MemorySegment.ofArray(bytes));
      stream.finish();
      Charset charset =
          header.kind() == 'S' ? StandardCharsets.UTF_8 : header.bigEndian() ? UTF_32BE : UTF_32LE;
      List<String> texts = new ArrayList<>();
      for (int at = 0; at < bytes.length; at += header.itemBytes()) {
        String text = new String(bytes, at, header.itemBytes(), charset);
        texts.add(text.replaceFirst("\0+$", ""));
      }
      return texts;
    }
  }

  private void prove(ZipEntry entry, WorkMonitor monitor) {
    try (EntryStream stream = new EntryStream(path, file, entry)) {
      for (long at = 0; at < entry.size(); at += PIECE) {
        stream.readToEnd(Math.min(PIECE, entry.size() - at));
        monitor.stepBytes("proving " + entry.name(), at, entry.size());
      }
      stream.finish();
    }
  }

  /** Memory of {@code arena}; DataException where there is not so much. */
  public static MemorySegment allocate(Path path, long bytes, Arena arena) {
    try {
      return arena.allocate(Math.max(bytes, 1), 64).asSlice(0, bytes);
    } catch (OutOfMemoryError e) {
      DataException refusal =
          Refusal.file(
              path,
              "there is no memory for the " + bytes + " bytes of its images",
              "use a machine with more memory or a smaller set");
      refusal.initCause(e);
      throw refusal;
    }
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = entries.get(name + SUFFIX);
    if (entry == null) {
      throw Refusal.entry(path, name + SUFFIX, "it is missing", "give a file that holds it");
    }
    return entry;
  }

  @Override
  public void close() {
    if (ownsArena) {
      arena.close();
    }
  }
}

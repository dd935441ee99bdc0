// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.LockFile;
import dev.unerring.base.Sizes;
import dev.unerring.base.Uninterrupted;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpzReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The images of an npz file, decoded once into a raw file that is mapped read-only. It stands in
 * the folder {@code decoded} of the cache, is named by the SHA-256 of the npz, and may be deleted
 * at any time.
 *
 * <p>When it is made, all of it is read back and compared with the content hash before it gets its
 * name. At each later load its size and its header (which holds the hashes of the npz and of the
 * content) must be right, else it is made again; {@link Dataset#checkContent} reads all of it.
 */
final class DecodedFile {
  private static final int PIECE = 1 << 20;
  private static final long SPARE_BYTES = 64L << 20;
  private static final long WAIT_MILLIS = 100;

  private final ReadOptions options;
  private final WorkMonitor monitor;
  private final Path folder;

  DecodedFile(ReadOptions options) {
    this.options = options;
    this.monitor = options.monitor();
    this.folder = options.cache().resolve("decoded");
  }

  /** Where the images of the npz with this hash are, or would be. */
  Path path(String npzSha256) {
    return folder.resolve(npzSha256 + "-" + DecodedHeader.LAYOUT + ".raw");
  }

  /** Maps the images, which are decoded first if need be; DataException when that fails. */
  ImageStore.Images map(NpzReader npz, DatasetReader.Layout layout, Arena arena) {
    String sha256 = npz.hashes(monitor).sha256();
    Path file = path(sha256);
    try {
      Optional<ImageStore.Images> found = existing(file, sha256, layout, arena);
      return found.isPresent() ? found.get() : locked(file, sha256, npz, layout, arena);
    } catch (UncheckedIOException e) {
      throw failure(npz.path(), file, layout, "cannot be written: " + IoReason.of(e.getCause()), e);
    } catch (IOException e) {
      throw failure(npz.path(), file, layout, "cannot be made: " + IoReason.of(e), e);
    }
  }

  /** The file as it is, when its size and header are right. */
  private Optional<ImageStore.Images> existing(
      Path file, String npzSha256, DatasetReader.Layout layout, Arena arena) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] block = in.readNBytes(DecodedHeader.BLOCK);
      Optional<DecodedHeader> header =
          DecodedHeader.parse(
              Arrays.copyOf(block, DecodedHeader.BLOCK), npzSha256, layout.imageBytes());
      if (header.isEmpty() || Files.size(file) != header.get().fileBytes()) {
        monitor.note(file + " is damaged or incomplete and is made again");
        return Optional.empty();
      }
      return Optional.of(images(file, file, header.get(), arena));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Decodes under the lock; a caller that had to wait finds the finished file. */
  private ImageStore.Images locked(
      Path file, String npzSha256, NpzReader npz, DatasetReader.Layout layout, Arena arena)
      throws IOException {
    Files.createDirectories(folder);
    try (LockFile _ = locked()) {
      Optional<ImageStore.Images> found = existing(file, npzSha256, layout, arena);
      return found.isPresent() ? found.get() : decoded(file, npzSha256, npz, layout, arena);
    }
  }

  private LockFile locked() throws IOException {
    for (boolean told = false; ; told = true) {
      Optional<LockFile> lock = LockFile.take(folder.resolve("decoding.lock"), false);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (!told) {
        monitor.note("waiting for another run that is decoding into " + folder);
      }
      monitor.check("waiting for " + folder);
      Uninterrupted.sleep(WAIT_MILLIS);
    }
  }

  private ImageStore.Images decoded(
      Path file, String npzSha256, NpzReader npz, DatasetReader.Layout layout, Arena arena)
      throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    long needed = new DecodedHeader(npzSha256, "", layout.imageBytes()).fileBytes();
    long free = options.freeBytes().applyAsLong(folder);
    if (free < needed + SPARE_BYTES) {
      String reason =
          "needs " + Sizes.text(needed) + ", its disk has " + Sizes.text(free) + " left";
      throw failure(npz.path(), file, layout, reason, null);
    }
    monitor.note(
        npz.path().getFileName()
            + ": its images are decoded once, "
            + Sizes.text(needed)
            + ", into "
            + file
            + " (delete it whenever you like)");
    try {
      DecodedHeader header;
      try (RandomAccessFile raw = new RandomAccessFile(part.toFile(), "rw")) {
        header = write(raw, npzSha256, npz, layout);
        raw.getFD().sync();
      }
      ImageStore.Images images = images(file, part, header, arena);
      String found =
          layout.contentSha256(images.images(), monitor, "checking " + part.getFileName());
      if (!found.equals(header.contentSha256())) {
        throw new IOException("what is read back differs from what was written; check the disk");
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.forceFolder(folder);
      return images;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Writes the arrays, and the header last: an incomplete file has none. */
  private DecodedHeader write(
      RandomAccessFile raw, String npzSha256, NpzReader npz, DatasetReader.Layout layout)
      throws IOException {
    DecodedHeader places = new DecodedHeader(npzSha256, "", layout.imageBytes());
    ContentHash hash = new ContentHash();
    long[] done = {0};
    for (int i = 0; i < DatasetReader.SPLITS.size(); i++) {
      layout.startImages(hash, i);
      long[] at = {places.offset(i)};
      npz.stream(
          DatasetReader.SPLITS.get(i) + "_images",
          PIECE,
          piece -> {
            hash.update(piece);
            write(raw, piece.toArray(ValueLayout.JAVA_BYTE), at[0]);
            at[0] += piece.byteSize();
            done[0] += piece.byteSize();
            monitor.stepBytes(
                "decoding " + npz.path().getFileName(), done[0], layout.allImageBytes());
          });
      layout.addLabels(hash, i);
    }
    DecodedHeader header = new DecodedHeader(npzSha256, hash.hex(), layout.imageBytes());
    if (raw.length() < header.fileBytes()) {
      write(raw, new byte[1], header.fileBytes() - 1);
    }
    write(raw, header.block().array(), 0);
    return header;
  }

  private static void write(RandomAccessFile raw, byte[] bytes, long at) {
    try {
      raw.seek(at);
      raw.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Maps the images.
   *
   * @param name that the file has, or will have
   */
  private static ImageStore.Images images(Path name, Path file, DecodedHeader header, Arena arena)
      throws IOException {
    MemorySegment all =
        Uninterrupted.run(() -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, header.fileBytes(), arena);
          }
        });
    List<MemorySegment> images = new ArrayList<>();
    for (int i = 0; i < header.imageBytes().length; i++) {
      images.add(all.asSlice(header.offset(i), header.imageBytes()[i]));
    }
    return new ImageStore.Images(images, header.contentSha256(), Optional.of(name));
  }

  private static DataException failure(
      Path npz, Path file, DatasetReader.Layout layout, String reason, Exception cause) {
    return new DataException(
        npz
            + ": its "
            + Sizes.text(layout.allImageBytes())
            + " of images must be decoded into a file once, but "
            + file
            + " "
            + reason
            + "; name a folder with room by the environment variable UNERRING_CACHE,"
            + " or write the npz with numpy.savez (not compressed), which is mapped as it is",
        cause);
  }
}

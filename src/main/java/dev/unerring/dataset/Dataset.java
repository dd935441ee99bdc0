package dev.unerring.dataset;

import dev.unerring.base.DataException;
import dev.unerring.base.FileHashes;
import dev.unerring.base.Sha256;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * One data file in memory: three splits of images and labels, and what is known about the file.
 * Images are off-heap and live until {@link #close()}; any thread may read them.
 */
public final class Dataset implements AutoCloseable {
  private final Path file;
  private final FileHashes hashes;
  private final DatasetReader.Content content;
  private final DatasetIdentity identity;
  private final String contentSha256;
  private final Arena arena;

  private Dataset(Path file, FileHashes hashes, DatasetReader.Content content, Arena arena) {
    this.file = file;
    this.hashes = hashes;
    this.content = content;
    this.identity = DatasetIdentity.of(file, hashes, content);
    this.contentSha256 = contentSha256(content);
    this.arena = arena;
  }

  /**
   * Reads and checks a MedMNIST-shaped npz file.
   *
   * @throws DataException with file, entry, reason and what to do when anything is wrong with it
   */
  public static Dataset open(Path file) {
    Arena arena = Arena.ofShared();
    try (NpzReader npz = NpzReader.open(file)) {
      DatasetReader.Content content = new DatasetReader(npz).read(arena);
      return new Dataset(file, npz.hashes(), content, arena);
    } catch (InternalError e) { // what the JVM throws when a mapped file shrinks
      arena.close();
      throw new DataException(file + ": it was cut off while it was read; write it again", e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Flag of a known set (with image size, e.g. {@code breastmnist_64}), else the file's stem. */
  public String name() {
    return identity.name();
  }

  /** The file as it was given. */
  public Path file() {
    return file;
  }

  /** MD5 of the file, the hash that the official source publishes. */
  public String md5() {
    return hashes.md5();
  }

  /** SHA-256 of the file. */
  public String sha256() {
    return hashes.sha256();
  }

  /**
   * SHA-256 of the decoded arrays, the same however they were compressed and whatever type the
   * labels had. For train, val, test in this order: the ASCII line {@code <split>_images
   * <n>x<d>x<h>x<w>x<c>} and a line feed, the images as uint8 in NDHWC; the line {@code
   * <split>_labels <n>x<labels>} and a line feed, the labels as little-endian int64, row by row.
   */
  public String contentSha256() {
    return contentSha256;
  }

  /** Whether MD5 (and SHA-256 where known) are those of the published file. */
  public boolean official() {
    return identity.official();
  }

  /** Whether it is a generated set in the form of a published one. */
  public boolean synthetic() {
    return manifest().filter(DatasetManifest::generated).isPresent() && !official();
  }

  /** One line that says whether the file is official, and how it is understood. */
  public String notice() {
    return identity.notice();
  }

  /** The manifest of the set, if the file is official or fits a known set by its name. */
  public Optional<DatasetManifest> manifest() {
    return identity.manifest();
  }

  /** What the labels ask for. */
  public Task task() {
    return identity.task();
  }

  /** Number of classes, or of labels for multi-label sets. */
  public int classes() {
    return identity.labelNames().size();
  }

  /** Names of the classes (of the labels for multi-label sets), by number. */
  public List<String> labelNames() {
    return identity.labelNames();
  }

  /** Shape of one image, n = 1. */
  public Shape imageShape() {
    return content.imageShape();
  }

  /** The training samples. */
  public Split train() {
    return content.splits().get(0);
  }

  /** The validation samples. */
  public Split val() {
    return content.splits().get(1);
  }

  /** The test samples. */
  public Split test() {
    return content.splits().get(2);
  }

  /** train, val, test. */
  public List<Split> splits() {
    return content.splits();
  }

  private static String contentSha256(DatasetReader.Content content) {
    MessageDigest digest = Sha256.digest();
    Shape shape = content.imageShape();
    for (Split split : content.splits()) {
      line(
          digest,
          split.name()
              + "_images "
              + split.size()
              + "x"
              + shape.d()
              + "x"
              + shape.h()
              + "x"
              + shape.w()
              + "x"
              + shape.c());
      Sha256.update(digest, split.images());
      line(digest, split.name() + "_labels " + split.size() + "x" + split.labelCount());
      ByteBuffer row = ByteBuffer.allocate(8 * split.labelCount()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < split.size(); i++) {
        row.clear();
        for (int column = 0; column < split.labelCount(); column++) {
          row.putLong(split.label(i, column));
        }
        digest.update(row.array());
      }
    }
    return Sha256.hex(digest);
  }

  private static void line(MessageDigest digest, String text) {
    digest.update((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Frees the images. */
  @Override
  public void close() {
    arena.close();
  }
}

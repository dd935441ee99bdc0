// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.FileHashes;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpzReader;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One data file in memory: three splits of images and labels, and what is known about the file.
 * Images are off-heap and live until {@link #close()}; any thread may read them.
 */
public final class Dataset implements AutoCloseable {
  private final Path file;
  private final FileHashes hashes;
  private final DatasetReader.Content content;
  private final DatasetIdentity identity;
  private final Arena arena;

  private Dataset(
      Path file,
      FileHashes hashes,
      DatasetReader.Content content,
      DatasetIdentity identity,
      Arena arena) {
    this.file = file;
    this.hashes = hashes;
    this.content = content;
    this.identity = identity;
    this.arena = arena;
  }

  /**
   * Reads and checks a MedMNIST-shaped npz file. More than 512 MiB of images, or an eighth of the
   * free memory, are not read into memory but mapped: from the file itself when it is not
   * compressed, else from a file in the user's cache folder, into which they are decoded once.
   *
   * @throws DataException with file, entry, reason and what to do when anything is wrong with it
   */
  public static Dataset open(Path file) {
    return open(file, WorkMonitor.SILENT);
  }

  /** The same; {@code monitor} watches long work, hears where files are made, and may stop it. */
  public static Dataset open(Path file, WorkMonitor monitor) {
    return open(file, ReadOptions.standard(monitor));
  }

  static Dataset open(Path file, ReadOptions options) {
    Arena arena = Arena.ofShared();
    try (NpzReader npz = NpzReader.open(file, arena)) {
      DatasetReader.Content content = DatasetReader.read(npz, arena, options);
      FileHashes hashes = npz.hashes(options.monitor());
      DatasetIdentity identity = DatasetIdentity.of(file, hashes, content.layout());
      Dataset dataset = new Dataset(file, hashes, content, identity, arena);
      if (dataset.identity.official()) {
        new KnownHashes(options.cache()).check(file, dataset.hashes, dataset.identity);
      }
      return dataset;
    } catch (InternalError e) { // what the JVM throws when a mapped file shrinks
      arena.close();
      throw new DataException(file + ": it was cut off while it was read; write it again", e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * This set with the names, numbers and task of another one, matched by name ({@link
   * SetDescription#numbersIn}). {@link #contentSha256()} is then that of the labels as they are
   * read. Close one of the two, not both.
   *
   * @param others what to call the other set
   * @throws DataException where the names differ
   */
  public Dataset matched(SetDescription other, String others, WorkMonitor monitor) {
    List<String> notes = new ArrayList<>();
    int[] numbers = description().numbersIn(file.toString(), other, others, notes);
    notes.forEach(monitor::note);
    boolean same = Arrays.equals(numbers, IntStream.range(0, numbers.length).toArray());
    DatasetReader.Content renumbered = same ? content : content.renumbered(numbers, monitor);
    return new Dataset(file, hashes, renumbered, identity.as(other), arena);
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
    return content.contentSha256();
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

  /** What labels and pictures mean. */
  public SetDescription description() {
    return identity.description();
  }

  /** What the labels ask for. */
  public Task task() {
    return identity.description().task();
  }

  /** Number of classes, or of labels for multi-label sets. */
  public int classes() {
    return identity.description().labelNames().size();
  }

  /** Names of the classes (of the labels for multi-label sets), by number. */
  public List<String> labelNames() {
    return identity.description().labelNames();
  }

  /** How the pictures of a packed set were brought to its size; empty for all other sets. */
  public Optional<Fit> fit() {
    return identity.description().fit();
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

  /** The file that the images are mapped from; empty when they are in memory. */
  public Optional<Path> mappedFile() {
    return content.mapped();
  }

  /**
   * Reads all images and labels once more and compares them with {@link #contentSha256()}; of a
   * mapped file, this is the only check of every byte after the one at its making.
   *
   * @throws DataException when they are not what was read from the npz
   */
  public void checkContent(WorkMonitor monitor) {
    String found =
        content
            .layout()
            .contentSha256(
                splits().stream().map(Split::images).toList(), monitor, "checking the images");
    if (!found.equals(contentSha256())) {
      throw new DataException(
          content.mapped().map(Path::toString).orElse("the memory of this machine")
              + ": the decoded images of "
              + file
              + " are not what was read from it (content SHA-256 "
              + found
              + ", not "
              + contentSha256()
              + "); "
              + (content.mapped().filter(file::equals).isPresent()
                  ? "the file was changed meanwhile; start again"
                  : "delete that file, it is made again, and repeat what was computed with it"));
    }
  }

  /** Frees the images. */
  @Override
  public void close() {
    arena.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.Refusal;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Samples that were found later, in one list. Of an npz file: {@code images} (uint8) and {@code
 * labels} (integers), or every sample of a file in the layout of a data set. Off-heap until {@link
 * #close()}.
 */
public final class NewSamples implements AutoCloseable {
  private static final String LAYOUT =
      "write it with numpy.savez(\"new.npz\", images=x, labels=y): x uint8 in the shape of the"
          + " set's images, y integers";

  private final Path file;
  private final Shape imageShape;
  private final Split split;
  private final SetDescription description;
  private final List<String> names;
  private final Optional<String> notice;
  private final Arena arena;

  private NewSamples(
      Path file,
      Shape imageShape,
      Split split,
      SetDescription description,
      List<String> names,
      Optional<String> notice,
      Arena arena) {
    this.file = file;
    this.imageShape = imageShape;
    this.split = split;
    this.description = description;
    this.names = names;
    this.notice = notice;
    this.arena = arena;
  }

  /**
   * Reads an npz file.
   *
   * @throws DataException with file, entry, reason and what to do when anything is wrong with it
   */
  public static NewSamples open(Path file) {
    Arena arena = Arena.ofShared();
    try (NpzReader npz = NpzReader.open(file, arena)) {
      return read(npz, prefixes(npz), arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Samples in memory.
   *
   * @param file where they come from, for messages
   * @param imageShape of one image, n = 1
   * @param count number of images
   * @param images uint8 of each
   * @param labels row by row, as the description numbers them
   * @param names what to call each sample, e.g. its file
   */
  public static NewSamples of(
      Path file,
      Shape imageShape,
      int count,
      IntFunction<byte[]> images,
      int[] labels,
      SetDescription description,
      List<String> names) {
    int bytes = imageShape.imageElements();
    Arena arena = Arena.ofShared();
    MemorySegment all;
    try {
      all = NpzReader.allocate(file, (long) count * bytes, arena);
      for (int i = 0; i < count; i++) {
        MemorySegment.copy(MemorySegment.ofArray(images.apply(i)), 0, all, (long) i * bytes, bytes);
      }
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
    Split split = new Split("new", bytes, all, labels.length / count, labels);
    String pictures = count == 1 ? " picture: " : " pictures: ";
    String notice = file + ": " + count + pictures + counts(split, description);
    return new NewSamples(
        file, imageShape, split, description, List.copyOf(names), Optional.of(notice), arena);
  }

  /** Samples by name of the class (of the label), of those that have any. */
  private static String counts(Split split, SetDescription description) {
    List<Integer> counts = SplitSummary.of(split, description.classes()).histogram();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i) > 0) {
        texts.add(description.labelNames().get(i) + " " + counts.get(i));
      }
    }
    return String.join(", ", texts);
  }

  private static NewSamples read(NpzReader npz, List<String> prefixes, Arena arena) {
    DatasetReader reader = new DatasetReader(npz);
    Path file = npz.path();
    Shape shape = null;
    int columns = 0;
    List<int[]> labels = new ArrayList<>();
    List<String> counts = new ArrayList<>();
    for (String prefix : prefixes) {
      String images = prefix + "images";
      if (npz.header(images).items() == 0) {
        throw Refusal.entry(file, images + ".npy", "it holds no image", LAYOUT);
      }
      Shape own = reader.imageShape(images);
      int ownColumns = reader.labelCount(images, prefix + "labels");
      if (shape != null && (!own.equals(shape) || ownColumns != columns)) {
        throw Refusal.entry(
            file,
            images + ".npy",
            "its images or labels have another shape than the first",
            LAYOUT);
      }
      shape = own;
      columns = ownColumns;
      labels.add(reader.labels(prefix + "labels", columns));
      counts.add(prefix.replace("_", "") + " " + labels.getLast().length / columns);
    }
    DatasetReader.Layout layout = reader.layout(shape, columns, labels);
    SetDescription description = DatasetIdentity.of(file, npz.hashes(), layout).description();
    int[] all = labels.stream().flatMapToInt(Arrays::stream).toArray();
    MemorySegment images = images(npz, prefixes, arena);
    Split split = new Split("new", shape.imageElements(), images, columns, all);
    Optional<String> notice =
        prefixes.size() == 1
            ? Optional.empty()
            : Optional.of(
                file
                    + ": all its "
                    + split.size()
                    + " samples are taken, in this order: "
                    + String.join(", ", counts));
    return new NewSamples(file, shape, split, description, List.of(), notice, arena);
  }

  private static MemorySegment images(NpzReader npz, List<String> prefixes, Arena arena) {
    if (prefixes.size() == 1) {
      return npz.read(prefixes.getFirst() + "images", arena);
    }
    long bytes = 0;
    for (String prefix : prefixes) {
      bytes += npz.header(prefix + "images").dataBytes();
    }
    MemorySegment all = NpzReader.allocate(npz.path(), bytes, arena);
    long at = 0;
    for (String prefix : prefixes) {
      try (Arena part = Arena.ofConfined()) {
        MemorySegment images = npz.read(prefix + "images", part);
        all.asSlice(at, images.byteSize()).copyFrom(images);
        at += images.byteSize();
      }
    }
    return all;
  }

  private static List<String> prefixes(NpzReader npz) {
    if (npz.contains("images") && npz.contains("train_images")) {
      throw Refusal.file(
          npz.path(), "it holds both images and train_images, and only one can be new", LAYOUT);
    }
    if (npz.contains("images") && npz.contains("labels")) {
      return List.of("");
    }
    List<String> prefixes = new ArrayList<>();
    for (String split : DatasetReader.SPLITS) {
      if (npz.contains(split + "_images") != npz.contains(split + "_labels")) {
        throw Refusal.file(
            npz.path(), "of " + split + " it holds images or labels, but not both", LAYOUT);
      }
      if (npz.contains(split + "_images") && npz.header(split + "_images").items() > 0) {
        prefixes.add(split + "_");
      }
    }
    if (prefixes.isEmpty()) {
      throw Refusal.file(
          npz.path(),
          "it holds neither images and labels nor train_images and train_labels",
          LAYOUT);
    }
    return prefixes;
  }

  /** The file or folder as it was given. */
  public Path file() {
    return file;
  }

  /** Images and labels, in the order of the file. */
  public Split split() {
    return split;
  }

  /** What a reader may not expect; empty for nothing. */
  public Optional<String> notice() {
    return notice;
  }

  /** E.g. {@code new[3] (label 1)}, with the file of the picture where there is one. */
  public String text(LabelledSample sample) {
    return sample + (names.isEmpty() ? "" : ", " + names.get(sample.sampleIndex()));
  }

  /**
   * The same samples with the label numbers of a set. Close one of the two, not both.
   *
   * @param image shape of the set's images
   * @param columns labels a sample of the set
   * @param set what its labels mean
   * @param others what to call it
   * @param notes gets a line for what could not be compared
   * @throws DataException where images have another shape, samples another number of labels, or
   *     names or rules differ
   */
  public NewSamples matched(
      Shape image, int columns, SetDescription set, String others, List<String> notes) {
    if (!imageShape.equals(image)) {
      throw Refusal.file(
          file,
          "its images are " + text(imageShape) + ", those of " + others + " are " + text(image),
          "bring them to that shape by the rule that the set was made with");
    }
    if (split.labelCount() != columns) {
      throw Refusal.file(
          file,
          "it has " + split.labelCount() + " labels a sample, " + others + " has " + columns,
          "give each sample the labels that the set has");
    }
    for (int i = 0; columns == 1 && !description.named() && i < split.size(); i++) {
      if (split.label(i) >= set.classes()) {
        throw Refusal.file(
            file,
            "the label of sample "
                + i
                + " is "
                + split.label(i)
                + ", but "
                + others
                + " has the classes 0 to "
                + (set.classes() - 1),
            "a model has the classes that it was trained with: correct the label, or train anew on"
                + " all samples");
      }
    }
    int[] numbers = description.numbersIn(file.toString(), set, others, notes);
    return new NewSamples(file, imageShape, split.renumbered(numbers), set, names, notice, arena);
  }

  private static String text(Shape image) {
    String depth = image.d() == 1 ? "" : image.d() + "x";
    return depth + image.h() + "x" + image.w() + "x" + image.c();
  }

  /** Frees the images. */
  @Override
  public void close() {
    arena.close();
  }
}

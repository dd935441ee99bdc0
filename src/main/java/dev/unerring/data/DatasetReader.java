// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpyHeader;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.Refusal;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The layout of MedMNIST over an npz file: six arrays, images and labels that fit together. All
 * headers are checked before any array is read, labels before images.
 */
public final class DatasetReader {
  public static final List<String> SPLITS = List.of("train", "val", "test");

  /** The arrays that a file must hold, in canonical order. */
  public static final List<String> ARRAYS =
      List.of(
          "train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels");

  private static final List<String> KNOWN =
      Stream.concat(ARRAYS.stream(), Stream.of(SetDescription.NAMES, SetDescription.RULES))
          .toList();

  public static final int MAX_CLASSES = 1000;
  public static final int MAX_LABEL_VALUES = 1 << 22;
  public static final long MAX_TOTAL_BYTES = 16L << 30;

  private static final int MAX_ENTRIES = 64;
  private static final int PIECE_ITEMS = 1 << 13;
  private static final long HASHED_BYTES = 16L << 20;

  private final NpzReader npz;

  DatasetReader(NpzReader npz) {
    this.npz = npz;
  }

  /**
   * What the file holds.
   *
   * @param layout what the headers and labels say
   * @param splits train, val, test
   * @param contentSha256 of images and labels
   * @param mapped the file that the images are mapped from; empty when they are in memory
   */
  record Content(Layout layout, List<Split> splits, String contentSha256, Optional<Path> mapped) {
    Shape imageShape() {
      return layout.imageShape();
    }

    /** The same images with other label numbers, and the hash of that. */
    Content renumbered(int[] numbers, WorkMonitor monitor) {
      List<Split> renumbered = splits.stream().map(split -> split.renumbered(numbers)).toList();
      Layout other = layout.with(renumbered.stream().map(Split::labels).toList());
      List<MemorySegment> images = renumbered.stream().map(Split::images).toList();
      String hash = other.contentSha256(images, monitor, "hashing the images");
      return new Content(other, renumbered, hash, mapped);
    }
  }

  /**
   * What is known before an image is read: all headers are checked, all labels are read.
   *
   * @param imageShape of one image
   * @param labelCount labels a sample
   * @param labels of train, val, test, row by row
   * @param described what the file says of itself; empty where it says nothing
   * @param ignored names of entries that belong to no split
   * @param syntheticFlag of a synthetic set, the flag whose form it has; else empty
   */
  record Layout(
      Shape imageShape,
      int labelCount,
      List<int[]> labels,
      Optional<SetDescription> described,
      List<String> ignored,
      String syntheticFlag) {
    Layout with(List<int[]> others) {
      return new Layout(imageShape, labelCount, others, described, ignored, syntheticFlag);
    }

    int samples(int split) {
      return labels.get(split).length / labelCount;
    }

    /** Bytes of the images of each split. */
    long[] imageBytes() {
      long[] bytes = new long[SPLITS.size()];
      Arrays.setAll(bytes, i -> (long) samples(i) * imageShape.imageElements());
      return bytes;
    }

    /** Bytes of all images. */
    long allImageBytes() {
      return Arrays.stream(imageBytes()).sum();
    }

    void startImages(ContentHash hash, int split) {
      hash.images(SPLITS.get(split), samples(split), imageShape);
    }

    void addLabels(ContentHash hash, int split) {
      hash.labels(SPLITS.get(split), labelCount, labels.get(split));
    }

    /** The content hash with these images. */
    String contentSha256(List<MemorySegment> images, WorkMonitor monitor, String work) {
      ContentHash hash = new ContentHash();
      long done = 0;
      for (int i = 0; i < images.size(); i++) {
        startImages(hash, i);
        long bytes = images.get(i).byteSize();
        for (long at = 0; at < bytes; at += HASHED_BYTES) {
          long length = Math.min(HASHED_BYTES, bytes - at);
          hash.update(images.get(i).asSlice(at, length));
          done += length;
          monitor.stepBytes(work, done, allImageBytes());
        }
        addLabels(hash, i);
      }
      return hash.hex();
    }

    /** The splits with these images. */
    List<Split> splits(List<MemorySegment> images) {
      List<Split> splits = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        splits.add(
            new Split(
                SPLITS.get(i),
                imageShape.imageElements(),
                images.get(i),
                labelCount,
                labels.get(i)));
      }
      return List.copyOf(splits);
    }
  }

  /** Everything; the images are read or mapped as {@link ImageStore} says. */
  static Content read(NpzReader npz, Arena arena, ReadOptions options) {
    Layout layout = new DatasetReader(npz).layout();
    ImageStore.Images images = new ImageStore(options).load(npz, layout, arena);
    return new Content(
        layout, layout.splits(images.images()), images.contentSha256(), images.mapped());
  }

  Layout layout() {
    List<String> ignored = checkNames();
    for (String array : ARRAYS) {
      if (!npz.contains(array)) {
        throw refusal(array, "it is missing", "the file must hold " + String.join(", ", ARRAYS));
      }
    }
    Shape shape = imageShape();
    int labelCount = labelCount();
    checkTotal();
    List<int[]> labels = new ArrayList<>();
    for (String split : SPLITS) {
      labels.add(labels(split + "_labels", labelCount));
    }
    return layout(shape, labelCount, labels, ignored);
  }

  /** The layout of samples that stand in no split. */
  Layout layout(Shape shape, int labelCount, List<int[]> labels) {
    return layout(shape, labelCount, labels, List.of());
  }

  private Layout layout(Shape shape, int labelCount, List<int[]> labels, List<String> ignored) {
    Optional<SetDescription> described = SetDescription.inside(npz, labelCount);
    String comment = npz.comment();
    String made = DatasetManifest.GENERATED;
    String syntheticFlag = comment.startsWith(made) ? comment.substring(made.length()) : "";
    return new Layout(shape, labelCount, List.copyOf(labels), described, ignored, syntheticFlag);
  }

  private List<String> checkNames() {
    List<String> names = npz.entryNames();
    if (names.size() > MAX_ENTRIES) {
      throw Refusal.file(
          npz.path(),
          "it holds " + names.size() + " entries, allowed are " + MAX_ENTRIES,
          "keep the six arrays of the three splits");
    }
    List<String> ignored = new ArrayList<>();
    for (String name : names) {
      if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
        throw Refusal.entry(
            npz.path(),
            name,
            "its name holds a slash",
            "name the arrays " + String.join(", ", ARRAYS));
      }
      if (!name.endsWith(".npy") || !KNOWN.contains(name.substring(0, name.length() - 4))) {
        ignored.add(Refusal.printable(name));
      }
    }
    return List.copyOf(ignored);
  }

  private Shape imageShape() {
    Shape first = null;
    for (String split : SPLITS) {
      String array = split + "_images";
      Shape shape = imageShape(array);
      if (first != null && !shape.equals(first)) {
        throw refusal(
            array,
            "its images of shape "
                + npz.header(array).shapeText()
                + " differ from those of train_images",
            "give all splits images of one size");
      }
      first = shape;
    }
    return first;
  }

  /** Shape of one image of an array of images, which is checked. */
  Shape imageShape(String array) {
    return ImageArray.shape(npz.path(), array, npz.header(array));
  }

  private int labelCount() {
    int first = 0;
    for (String split : SPLITS) {
      String array = split + "_labels";
      int count = labelCount(split + "_images", array);
      if (first != 0 && count != first) {
        throw refusal(
            array,
            "it has " + count + " labels a sample, but train_labels has " + first,
            "give all splits the same labels");
      }
      first = count;
    }
    return first;
  }

  /** Labels a sample of an array of labels, which is checked against its images. */
  int labelCount(String imageArray, String array) {
    NpyHeader header = npz.header(array);
    if (header.kind() != 'i' && header.kind() != 'u') {
      throw refusal(
          array,
          "it is of "
              + header.typeName()
              + ", labels must be integers"
              + (header.kind() == 'f' ? " (NaN or fractions would have no class)" : ""),
          "save class numbers as numpy.int64");
    }
    List<Integer> extents = header.shape();
    if (extents.isEmpty() || extents.size() > 2) {
      throw refusal(
          array,
          "its shape " + header.shapeText() + " is not one of labels",
          "give labels (N,), (N, 1) or (N, L)");
    }
    int images = npz.header(imageArray).shape().getFirst();
    if (extents.getFirst() != images) {
      throw refusal(
          array,
          "it has " + extents.getFirst() + " rows for " + images + " images",
          "give one row of labels for each image");
    }
    int count = extents.size() == 1 ? 1 : extents.get(1);
    if (count < 1 || count > MAX_CLASSES || header.items() > MAX_LABEL_VALUES) {
      throw refusal(
          array,
          "its shape "
              + header.shapeText()
              + " is beyond what is read ("
              + MAX_CLASSES
              + " labels a sample, "
              + MAX_LABEL_VALUES
              + " in all)",
          "split the set into smaller ones");
    }
    return count;
  }

  private void checkTotal() {
    long total = 0;
    for (String split : SPLITS) {
      total += npz.header(split + "_images").dataBytes();
      if (total > MAX_TOTAL_BYTES) {
        throw refusal(
            split + "_images",
            "with it the images need " + total + " bytes, allowed are " + MAX_TOTAL_BYTES,
            "use a smaller set or smaller images");
      }
    }
  }

  /** Labels of any width and byte order as class numbers, row by row. */
  int[] labels(String array, int labelCount) {
    NpyHeader header = npz.header(array);
    int max = labelCount == 1 ? MAX_CLASSES - 1 : 1;
    int[] labels = new int[(int) header.items()];
    int[] at = {0};
    npz.stream(
        array,
        PIECE_ITEMS,
        piece -> {
          for (long i = 0; i < piece.byteSize(); i += header.itemBytes()) {
            long value = integer(piece, i, header);
            if (value < 0 || value > max) {
              throw refusal(
                  array,
                  "the label of sample "
                      + at[0] / labelCount
                      + " is "
                      + (value < 0 && header.kind() == 'u' ? Long.toUnsignedString(value) : value)
                      + ", out of range",
                  labelCount == 1
                      ? "number the classes from 0 to at most " + max
                      : "give each of several labels as 0 or 1");
            }
            labels[at[0]++] = (int) value;
          }
        });
    return labels;
  }

  private static long integer(MemorySegment piece, long start, NpyHeader header) {
    int bytes = header.itemBytes();
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      long position = start + (header.bigEndian() ? i : bytes - 1 - i);
      value = value << 8 | piece.get(ValueLayout.JAVA_BYTE, position) & 0xFF;
    }
    int unused = 64 - 8 * bytes;
    return header.kind() == 'u' ? value : value << unused >> unused;
  }

  private DataException refusal(String array, String reason, String advice) {
    return Refusal.entry(npz.path(), array + ".npy", reason, advice);
  }
}

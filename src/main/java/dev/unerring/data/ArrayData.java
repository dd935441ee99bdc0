// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.UsageException;
import dev.unerring.npz.NpzWriter;
import dev.unerring.npz.Refusal;
import dev.unerring.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A data set as arrays in memory: checked when it is made, written as an npz file that holds the
 * label names.
 *
 * @param name stem of the file: letters, digits, dot, minus and underscore
 * @param image shape of one image
 * @param multiLabel whether each sample has one label of 0 or 1 for each name
 * @param labelNames of the classes, or of the labels
 * @param fit how pictures are brought to the shape
 * @param splits train, val, test, as far as there are any
 */
public record ArrayData(
    String name,
    Shape image,
    boolean multiLabel,
    List<String> labelNames,
    Fit fit,
    List<Part> splits) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int MOST_CHANNELS = 3;

  /**
   * One split.
   *
   * @param name train, val or test
   * @param images uint8, one after another, NDHWC
   * @param labels class numbers, one a sample; for multi-label sets rows of 0 and 1
   */
  public record Part(String name, byte[] images, int[] labels) {}

  /** Checks names and shape. */
  public ArrayData {
    labelNames = List.copyOf(labelNames);
    splits = List.copyOf(splits);
    if (!NAME.matcher(name).matches() || name.endsWith(".npz") || known(name)) {
      throw new UsageException(
          "a set in memory is named by letters, digits, '.', '-' and '_', and not as a published"
              + " set, not '"
              + Refusal.printable(name)
              + "'");
    }
    if (image.c() == 2 || image.c() > MOST_CHANNELS || image.d() > 1 && image.c() > 1) {
      throw new UsageException(
          "images have 1 or 3 channels, volumes 1, not " + image.c() + "; convert them first");
    }
    if (image.imageElements() > ImageArray.MAX_IMAGE_BYTES) {
      throw new UsageException(
          "one image has at most " + ImageArray.MAX_IMAGE_BYTES + " bytes; scale it down first");
    }
    if (labelNames.size() < 2 || labelNames.size() > DatasetReader.MAX_CLASSES) {
      throw new UsageException(
          "a set has 2 to " + DatasetReader.MAX_CLASSES + " label names, not " + labelNames.size());
    }
    boolean distinct = new LinkedHashSet<>(labelNames).size() == labelNames.size();
    if (!distinct || !labelNames.stream().allMatch(PackFile::isLabelName)) {
      throw new UsageException("label names are distinct, not blank and at most 200 characters");
    }
    for (Part part : splits) {
      check(part, image, multiLabel, labelNames.size());
    }
  }

  private static boolean known(String name) {
    return DatasetManifest.find(name).isPresent();
  }

  private static void check(Part part, Shape image, boolean multiLabel, int names) {
    int columns = multiLabel ? names : 1;
    int samples = part.labels.length / columns;
    boolean whole = samples * columns == part.labels.length && samples > 0;
    if (!whole || part.images.length != (long) samples * image.imageElements()) {
      throw new UsageException(
          "the split "
              + part.name
              + " has "
              + part.images.length
              + " bytes of images and "
              + part.labels.length
              + " labels; a sample has "
              + image.imageElements()
              + " bytes and "
              + columns
              + (columns == 1 ? " label" : " labels"));
    }
    int largest = multiLabel ? 1 : names - 1;
    for (int i = 0; i < part.labels.length; i++) {
      if (part.labels[i] < 0 || part.labels[i] > largest) {
        throw new UsageException(
            "the label of sample "
                + i / columns
                + " of "
                + part.name
                + " is "
                + part.labels[i]
                + ", not 0 to "
                + largest);
      }
    }
  }

  /**
   * Writes the file.
   *
   * @param file named {@link #name}{@code .npz}
   * @throws dev.unerring.DataException where that fails
   */
  public void write(Path file) {
    NpzWriter npz = new NpzWriter(false);
    int columns = multiLabel ? labelNames.size() : 1;
    for (Part part : splits) {
      int samples = part.labels.length / columns;
      List<Integer> extents = new ArrayList<>(List.of(samples, image.h(), image.w()));
      if (image.d() > 1) {
        extents.add(1, image.d());
      }
      if (image.d() > 1 || image.c() > 1) {
        extents.add(image.c());
      }
      npz.addStreamed(part.name + "_images", "|u1", extents, out -> out.write(part.images));
      ByteBuffer labels =
          ByteBuffer.allocate(Math.multiplyExact(part.labels.length, Long.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int label : part.labels) {
        labels.putLong(label);
      }
      npz.add(
          part.name + "_labels", NpzWriter.npy("<i8", List.of(samples, columns), labels.array()));
    }
    description().addTo(npz).write(file);
  }

  private SetDescription description() {
    Task task =
        multiLabel ? Task.MULTI_LABEL : labelNames.size() == 2 ? Task.BINARY : Task.MULTI_CLASS;
    return SetDescription.of(task, labelNames, Optional.of(fit));
  }

  /** The training samples alone, as samples that were found later; the caller closes them. */
  public NewSamples added() {
    Part train = splits.getFirst();
    int bytes = image.imageElements();
    return NewSamples.of(
        Path.of(name),
        image,
        train.images.length / bytes,
        n -> Arrays.copyOfRange(train.images, n * bytes, (n + 1) * bytes),
        train.labels,
        description(),
        List.of());
  }
}

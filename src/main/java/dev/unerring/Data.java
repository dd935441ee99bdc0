// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.base.CacheFolder;
import dev.unerring.data.ArrayData;
import dev.unerring.data.Fit;
import dev.unerring.generate.DatasetLocator;
import dev.unerring.run.Added;
import dev.unerring.run.AddedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Images with labels: a file, or arrays in memory. Immutable. */
public final class Data {
  private static final List<String> SPLITS = List.of("train", "val", "test");

  private final Path file;
  private final ArrayData arrays;

  private Data(Path file, ArrayData arrays) {
    this.file = file;
    this.arrays = arrays;
  }

  /**
   * An npz file in the layout of MedMNIST: uint8 {@code train_images}, integer {@code
   * train_labels}, and the same for {@code val} and {@code test}. It is read when a run starts.
   *
   * @param npz the file
   * @return the data
   */
  public static Data file(Path npz) {
    return new Data(npz, null);
  }

  /**
   * A published set that is on this machine, or the generated demo set. Nothing is downloaded.
   *
   * @param flag for example {@code breastmnist}, looked for in {@code ~/.medmnist}; or {@code demo}
   * @return the data
   * @throws dev.unerring.UnerringException where the flag is not known or its file not there
   */
  public static Data named(String flag) {
    Path demo = CacheFolder.path().resolve("demo");
    return PlainWords.call(
        () -> file(new DatasetLocator(Optional.empty(), CacheFolder.home(), demo).locate(flag)));
  }

  /**
   * A set in memory without samples, one class a sample; see {@link #train}. A run keeps the
   * samples in its folder.
   *
   * @param name of the set and its file: letters, digits, dot, minus and underscore
   * @param image shape of all images
   * @param classes their names, by number
   * @return the data
   */
  public static Data of(String name, ImageShape image, List<String> classes) {
    return of(name, image, classes, false);
  }

  /**
   * A set in memory without samples, in which a sample has any number of labels.
   *
   * @param name of the set and its file: letters, digits, dot, minus and underscore
   * @param image shape of all images
   * @param labels their names, by column
   * @return the data
   */
  public static Data multiLabel(String name, ImageShape image, List<String> labels) {
    return of(name, image, labels, true);
  }

  private static Data of(String name, ImageShape image, List<String> names, boolean multi) {
    return new Data(null, new ArrayData(name, image.shape(), multi, names, Fit.CROP, List.of()));
  }

  /**
   * With training samples.
   *
   * @param images one after another, unsigned bytes in the order of {@link ImageShape}; copied
   * @param labels class of each image; of a multi-label set a row of 0 and 1 for each; copied
   * @return the data with them
   */
  public Data train(byte[] images, int[] labels) {
    return with("train", images, labels);
  }

  /**
   * With validation samples, on which epochs are compared and scores are calibrated.
   *
   * @param images as of {@link #train}
   * @param labels as of {@link #train}
   * @return the data with them
   */
  public Data val(byte[] images, int[] labels) {
    return with("val", images, labels);
  }

  /**
   * With test samples, which nothing but the final figures depends on.
   *
   * @param images as of {@link #train}
   * @param labels as of {@link #train}
   * @return the data with them
   */
  public Data test(byte[] images, int[] labels) {
    return with("test", images, labels);
  }

  private Data with(String split, byte[] images, int[] labels) {
    if (arrays == null) {
      throw new UsageException(file + " has its samples; make data in memory by Data.of");
    }
    List<ArrayData.Part> parts = new ArrayList<>(arrays.splits());
    parts.removeIf(part -> part.name().equals(split));
    parts.add(new ArrayData.Part(split, images.clone(), labels.clone()));
    parts.sort((a, b) -> SPLITS.indexOf(a.name()) - SPLITS.indexOf(b.name()));
    return new Data(
        null,
        new ArrayData(
            arrays.name(),
            arrays.image(),
            arrays.multiLabel(),
            arrays.labelNames(),
            arrays.fit(),
            parts));
  }

  Optional<Path> path() {
    return Optional.ofNullable(file);
  }

  /** The arrays of all three splits. */
  ArrayData complete() {
    requireParts(SPLITS);
    return arrays;
  }

  /** The training samples, as samples that were found later; pictures on so many threads. */
  Added added(int threads) {
    if (arrays == null) {
      return AddedFiles.of(file, threads);
    }
    requireParts(List.of("train"));
    return (_, _, _) -> arrays.added();
  }

  private void requireParts(List<String> wanted) {
    if (!arrays.splits().stream().map(ArrayData.Part::name).toList().equals(wanted)) {
      throw new UsageException(
          "the set "
              + arrays.name()
              + " is to have samples of "
              + String.join(", ", wanted)
              + (wanted.size() == 1 ? " only" : ""));
    }
  }
}

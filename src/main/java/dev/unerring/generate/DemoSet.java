// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.DataException;
import dev.unerring.base.Philox;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.DatasetReader;
import dev.unerring.npz.NpzWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The embedded demo set: generated 28 x 28 grey images with a lesion of one of four structures (0
 * solid, 1 ring, 2 striped, 3 spotted). Nothing in it comes from a patient. A linear model does not
 * learn it, a small convolutional network does.
 */
public final class DemoSet {
  /** Seed of the set that {@code --data demo} stands for. */
  public static final long SEED = 1;

  /** Its training images. */
  public static final int TRAIN = 2000;

  /** Its validation images. */
  public static final int VAL = 200;

  /** Its test images. */
  public static final int TEST = 500;

  /** Its planted label conflicts. */
  public static final int CONFLICTS = 1;

  private static final int CLASSES = 4;
  private static final int REPORTED = 1024;
  private static final int LABEL_STREAM = Philox.DEMO_SET;
  private static final int CONFLICT_STREAM = Philox.DEMO_SET + 4;

  private DemoSet() {}

  /** Writes the set that {@code --data demo} stands for, unless {@code file} holds it already. */
  public static void write(Path file) {
    write(file, SEED, TRAIN, VAL, TEST, CONFLICTS);
  }

  /**
   * Writes a set that holds its label names, otherwise as {@link #write(Path, long, int, int, int,
   * int)}; the published set, whose bytes are known, has them in its manifest.
   *
   * @param monitor told how far the drawing is, of which there are two rounds
   */
  public static void writeNamed(
      Path file, long seed, int train, int val, int test, int conflicts, WorkMonitor monitor) {
    NpzWriter writer = writer(seed, train, val, test, conflicts, monitor);
    boolean published =
        seed == SEED && train == TRAIN && val == VAL && test == TEST && conflicts == CONFLICTS;
    if (!published) {
      DatasetManifest.find(DatasetManifest.DEMO).orElseThrow().description().addTo(writer);
    }
    writeIfDifferent(file, writer);
  }

  /**
   * Writes a set as an npz file; the same arguments give the same bytes on every machine. Memory:
   * one image and the labels.
   *
   * @param file its folder must exist; not written when it holds the same bytes already
   * @param seed of all images and labels
   * @param train number of training images, at least 2
   * @param val number of validation images, at least 1
   * @param test number of test images, at least 1
   * @param conflicts pairs of identical training images with different labels, disjoint; the floor
   *     is this number
   * @throws IllegalArgumentException when there is no such set, or it could not be read back
   * @throws DataException when the file cannot be written
   */
  public static void write(Path file, long seed, int train, int val, int test, int conflicts) {
    writeIfDifferent(file, writer(seed, train, val, test, conflicts, WorkMonitor.SILENT));
  }

  private static NpzWriter writer(
      long seed, int train, int val, int test, int conflicts, WorkMonitor monitor) {
    int most = DatasetReader.MAX_LABEL_VALUES;
    if (train < 2 || val < 1 || test < 1 || conflicts < 0 || conflicts > train / CLASSES) {
      throw new IllegalArgumentException(
          "no demo set of "
              + train
              + ", "
              + val
              + ", "
              + test
              + " images with "
              + conflicts
              + " conflicts (at most a quarter of the training images)");
    }
    if (train > most || val > most || test > most) {
      throw new IllegalArgumentException(
          "a split has at most " + most + " images, not " + Math.max(train, Math.max(val, test)));
    }
    NpzWriter writer = new NpzWriter(false);
    int[] sizes = {train, val, test};
    for (int split = 0; split < sizes.length; split++) {
      add(writer, seed, split, sizes[split], split == 0 ? conflicts : 0, monitor);
    }
    return writer;
  }

  private static void add(
      NpzWriter writer, long seed, int split, int size, int conflicts, WorkMonitor monitor) {
    int[] labels = new int[size];
    int[] shown = new int[size];
    byte[] items = new byte[size];
    for (int i = 0; i < size; i++) {
      labels[i] = Philox.bits(seed, LABEL_STREAM, split, i) & CLASSES - 1;
      shown[i] = i;
      items[i] = (byte) labels[i];
    }
    plantConflicts(seed, shown, labels, conflicts);
    String name = DatasetReader.SPLITS.get(split);
    writer.addStreamed(
        name + "_images",
        "|u1",
        List.of(size, DemoImage.SIDE, DemoImage.SIDE),
        out -> {
          byte[] pixels = new byte[DemoImage.BYTES];
          for (int i = 0; i < size; i++) {
            int image = shown[i];
            new DemoImage(seed, split, image, labels[image]).draw(pixels, 0);
            out.write(pixels);
            if ((i + 1) % REPORTED == 0) {
              monitor.step("drawing " + name, i + 1L, size);
            }
          }
        });
    writer.add(name + "_labels", NpzWriter.npy("|u1", List.of(size, 1), items));
  }

  /**
   * Shows the image of one sample as that of another with a higher label, so that the goal label,
   * the lowest on a tie, is the one that was drawn.
   */
  private static void plantConflicts(long seed, int[] shown, int[] labels, int conflicts) {
    boolean[] taken = new boolean[labels.length];
    long draws = 0;
    for (int planted = 0; planted < conflicts; draws++) {
      if (draws > 1000L * (conflicts + 1)) {
        throw new IllegalArgumentException("too few images for " + conflicts + " conflicts");
      }
      int first = draw(seed, 2 * draws, labels.length);
      int second = draw(seed, 2 * draws + 1, labels.length);
      if (!taken[first] && !taken[second] && labels[first] < labels[second]) {
        taken[first] = true;
        taken[second] = true;
        shown[second] = first;
        planted++;
      }
    }
  }

  private static int draw(long seed, long index, int bound) {
    return (int) ((Philox.bits(seed, CONFLICT_STREAM, 0, index) & 0xFFFFFFFFL) * bound >>> 32);
  }

  private static void writeIfDifferent(Path file, NpzWriter writer) {
    boolean there = Files.isRegularFile(file);
    if (!there || !Sha256.hexOfFile(file).equals(writer.sha256())) {
      writer.write(file);
    }
  }
}

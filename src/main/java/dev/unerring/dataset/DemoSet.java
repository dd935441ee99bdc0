package dev.unerring.dataset;

import dev.unerring.base.AtomicFile;
import dev.unerring.base.DataException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The embedded demo set: generated 28 x 28 grey images with a lesion of one of four structures (0
 * solid, 1 ring, 2 striped, 3 spotted). Nothing in it comes from a patient. A linear model does not
 * learn it, a small convolutional network does.
 */
public final class DemoSet {
  /** Name of the set, and what {@code --data} calls it. */
  public static final String NAME = "demo";

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
  private static final int LABEL_STREAM = Philox.DEMO_SET;
  private static final int CONFLICT_STREAM = Philox.DEMO_SET + 4;

  private DemoSet() {}

  /** Writes the set that {@code --data demo} stands for, unless {@code file} holds it already. */
  public static void write(Path file) {
    writeIfDifferent(file, bytes(SEED, TRAIN, VAL, TEST, CONFLICTS));
  }

  /**
   * Writes a set as an npz file; the same arguments give the same bytes on every machine.
   *
   * @param file its folder must exist; not written when it holds the same bytes already
   * @param seed of all images and labels
   * @param train number of training images, at least 2
   * @param val number of validation images, at least 1
   * @param test number of test images, at least 1
   * @param conflicts pairs of identical training images with different labels, disjoint; the floor
   *     is this number
   * @throws DataException when the file cannot be written
   */
  public static void write(Path file, long seed, int train, int val, int test, int conflicts) {
    writeIfDifferent(file, bytes(seed, train, val, test, conflicts));
  }

  private static byte[] bytes(long seed, int train, int val, int test, int conflicts) {
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
    NpzWriter writer = new NpzWriter(false);
    int[] sizes = {train, val, test};
    for (int split = 0; split < sizes.length; split++) {
      int[] labels = new int[sizes[split]];
      byte[] images = new byte[Math.multiplyExact(sizes[split], DemoImage.BYTES)];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = Philox.bits(seed, LABEL_STREAM, split, i) & CLASSES - 1;
        new DemoImage(seed, split, i, labels[i]).draw(images, i * DemoImage.BYTES);
      }
      if (split == 0) {
        plantConflicts(seed, images, labels, conflicts);
      }
      writer.addSplit(
          DatasetReader.SPLITS.get(split), List.of(DemoImage.SIDE, DemoImage.SIDE), images, labels);
    }
    return writer.toBytes();
  }

  /**
   * Copies the image of one sample over that of another with a higher label, so that the goal
   * label, the lowest on a tie, is the one that was drawn.
   */
  private static void plantConflicts(long seed, byte[] images, int[] labels, int conflicts) {
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
        System.arraycopy(
            images, first * DemoImage.BYTES, images, second * DemoImage.BYTES, DemoImage.BYTES);
        planted++;
      }
    }
  }

  private static int draw(long seed, long index, int bound) {
    return (int) ((Philox.bits(seed, CONFLICT_STREAM, 0, index) & 0xFFFFFFFFL) * bound >>> 32);
  }

  private static void writeIfDifferent(Path file, byte[] bytes) {
    try {
      if (Files.isRegularFile(file)
          && Files.size(file) == bytes.length
          && Arrays.equals(Files.readAllBytes(file), bytes)) {
        return;
      }
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
    AtomicFile.write(file, bytes);
  }
}

package dev.unerring.dataset;

import dev.unerring.base.DataException;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Samples that were found later: {@code images} (uint8) and {@code labels} (integers) of an npz
 * file, in the shapes of a data set's; or, of a file in the layout of a data set, its training
 * split. In memory until {@link #close()}.
 */
public final class NewSamples implements AutoCloseable {
  private static final String LAYOUT =
      "write it with numpy.savez(\"new.npz\", images=x, labels=y): x uint8 in the shape of the"
          + " set's images, y integers";

  private final Path file;
  private final Shape imageShape;
  private final Split split;
  private final boolean wholeSet;
  private final Arena arena;

  /** Where new samples come from: a file, or arrays in memory. */
  @FunctionalInterface
  public interface Source {
    /**
     * The samples; the caller closes them.
     *
     * @throws DataException where they cannot be used
     */
    NewSamples open();
  }

  /** Samples of arrays in memory, which are copied; {@code name} serves messages. */
  NewSamples(String name, Shape imageShape, byte[] images, int labelCount, int[] labels) {
    this.file = Path.of(name);
    this.arena = Arena.ofShared();
    this.imageShape = imageShape;
    MemorySegment copy = arena.allocate(images.length);
    copy.copyFrom(MemorySegment.ofArray(images));
    this.split = new Split("new", imageShape.imageElements(), copy, labelCount, labels.clone());
    this.wholeSet = false;
  }

  private NewSamples(NpzReader npz, String prefix, Arena arena) {
    DatasetReader reader = new DatasetReader(npz);
    String images = prefix + "images";
    String labels = prefix + "labels";
    if (npz.header(images).items() == 0) {
      throw Refusal.entry(npz.path(), images + ".npy", "it holds no image", LAYOUT);
    }
    this.file = npz.path();
    this.arena = arena;
    this.imageShape = reader.imageShape(images);
    int labelCount = reader.labelCount(images, labels);
    int[] rows = reader.labels(labels, labelCount);
    this.split =
        new Split("new", imageShape.imageElements(), npz.read(images, arena), labelCount, rows);
    this.wholeSet = npz.contains("val_images") || npz.contains("test_images");
  }

  /**
   * Reads the file.
   *
   * @throws DataException with file, entry, reason and what to do when anything is wrong with it
   */
  public static NewSamples open(Path file) {
    Arena arena = Arena.ofShared();
    try (NpzReader npz = NpzReader.open(file, arena)) {
      return new NewSamples(npz, prefix(npz), arena);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static String prefix(NpzReader npz) {
    if (npz.contains("images") && npz.contains("train_images")) {
      throw Refusal.file(
          npz.path(), "it holds both images and train_images, and only one can be new", LAYOUT);
    }
    for (String prefix : new String[] {"", "train_"}) {
      if (npz.contains(prefix + "images") && npz.contains(prefix + "labels")) {
        return prefix;
      }
    }
    throw Refusal.file(
        npz.path(), "it holds neither images and labels nor train_images and train_labels", LAYOUT);
  }

  /** The file as it was given; of arrays in memory, their name. */
  public Path file() {
    return file;
  }

  /** Images and labels, in the order of the file. */
  public Split split() {
    return split;
  }

  /** What a reader may not expect; empty for nothing. */
  public Optional<String> notice() {
    return wholeSet
        ? Optional.of(file + ": only its training split is read; val and test are left alone")
        : Optional.empty();
  }

  /**
   * Refuses samples that cannot be of a set.
   *
   * @throws DataException where images have another shape, samples another number of labels, or a
   *     label is none of the set's classes
   */
  public void requireFit(Dataset data) {
    if (!imageShape.equals(data.imageShape())) {
      throw Refusal.file(
          file,
          "its images are "
              + text(imageShape)
              + ", those of "
              + data.name()
              + " are "
              + text(data.imageShape()),
          "bring them to that shape by the rule that the set was made with");
    }
    int columns = data.train().labelCount();
    if (split.labelCount() != columns) {
      throw Refusal.file(
          file,
          "it has " + split.labelCount() + " labels a sample, " + data.name() + " has " + columns,
          "give each sample the labels that the set has");
    }
    for (int i = 0; columns == 1 && i < split.size(); i++) {
      if (split.label(i) >= data.classes()) {
        throw Refusal.file(
            file,
            "the label of sample "
                + i
                + " is "
                + split.label(i)
                + ", but "
                + data.name()
                + " has the classes 0 to "
                + (data.classes() - 1),
            "a model has the classes that it was trained with: correct the label, or train anew on"
                + " all samples");
      }
    }
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

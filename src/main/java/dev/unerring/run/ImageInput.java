// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.data.ImageArray;
import dev.unerring.data.ImageRemark;
import dev.unerring.data.ImageSource;
import dev.unerring.images.ImageFiles;
import dev.unerring.npz.NpzReader;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** The images of one file that are to be predicted: an npz file, or one PNG or JPEG. */
public final class ImageInput implements ImageSource, AutoCloseable {
  private static final List<String> BARE = List.of("images", "x");

  private final int imageBytes;
  private final MemorySegment pixels;
  private final Arena arena;
  private final Set<ImageRemark> remarks; // of a picture, else null

  private ImageInput(int imageBytes, MemorySegment pixels, Arena arena, Set<ImageRemark> remarks) {
    this.imageBytes = imageBytes;
    this.pixels = pixels;
    this.arena = arena;
    this.remarks = remarks;
  }

  /**
   * Reads a file. Of an npz (by its name), the array {@code <split>_images}, or without a split
   * {@code images} or {@code x}: uint8 images that have the shape already. Every other file is a
   * picture and is resized by the rule of {@link ImageFiles}.
   *
   * @param split train, val or test; null for none
   * @param image the shape that is wanted
   * @param model says how a picture is resized; npz files packed by another rule are refused
   * @throws DataException that names the file and why it cannot be used
   */
  public static ImageInput open(Path file, String split, Shape image, TrainedModel model) {
    if (isNpz(file)) {
      return npz(file, split, image, model);
    }
    ImageFiles.Image picture = ImageFiles.image(file, image, model.fit());
    MemorySegment samples = MemorySegment.ofArray(picture.samples());
    return new ImageInput(image.imageElements(), samples, null, picture.remarks());
  }

  /** Whether a file is read as an npz, which its name says. */
  public static boolean isNpz(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
  }

  private static ImageInput npz(Path file, String split, Shape image, TrainedModel model) {
    Arena arena = Arena.ofShared();
    try (NpzReader npz = NpzReader.open(file)) {
      String array = array(npz, split);
      Shape found = ImageArray.shape(npz.path(), array, npz.header(array));
      if (!found.equals(image)) {
        throw refusal(
            npz,
            array,
            "its images are " + text(found) + ", the model takes " + text(image),
            "give images of that kind and size");
      }
      model.description().requireSameFit(model.model().toString(), npz);
      MemorySegment pixels = npz.read(array, arena);
      return new ImageInput(image.imageElements(), pixels, arena, null);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static String array(NpzReader npz, String split) {
    if (split != null) {
      if (npz.contains(split + "_images")) {
        return split + "_images";
      }
      throw refusal(npz, split + "_images", "it is missing", "name another --split, or none");
    }
    return BARE.stream()
        .filter(npz::contains)
        .findFirst()
        .orElseThrow(() ->
            refusal(
                npz,
                "images",
                "it is missing, and so is x",
                "of a MedMNIST file name the --split"));
  }

  /** E.g. {@code 28x28x3}; 3D images start with the depth. */
  static String text(Shape image) {
    String depth = image.d() == 1 ? "" : image.d() + "x";
    return depth + image.h() + "x" + image.w() + "x" + image.c();
  }

  private static DataException refusal(NpzReader npz, String array, String why, String advice) {
    return new DataException(npz.path() + ": entry " + array + ".npy: " + why + "; " + advice);
  }

  /** Number of images. */
  public int size() {
    return (int) (pixels.byteSize() / imageBytes);
  }

  @Override
  public int imageElements() {
    return imageBytes;
  }

  @Override
  public void copyImage(int sampleIndex, float[] destination, int offset) {
    long start = (long) Objects.checkIndex(sampleIndex, size()) * imageBytes;
    for (int i = 0; i < imageBytes; i++) {
      destination[offset + i] = pixels.get(ValueLayout.JAVA_BYTE, start + i) & 0xFF;
    }
  }

  /** What a user should know of an image. */
  public Set<ImageRemark> remarks(int index) {
    long start = (long) Objects.checkIndex(index, size()) * imageBytes;
    return remarks == null ? ImageRemark.of(pixels.asSlice(start, imageBytes)) : remarks;
  }

  /** Frees the images. */
  @Override
  public void close() {
    if (arena != null) {
      arena.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.npz.NpyHeader;
import dev.unerring.npz.Refusal;
import dev.unerring.tensor.Shape;
import java.nio.file.Path;
import java.util.List;

/**
 * Which images an array holds, by its header: uint8 of [n][h][w], [n][h][w][1 or 3], [n][d][h][w],
 * or volumes as [n][d][h][w][1]. Arrays with the channels first are refused with the line of numpy
 * that turns them round, unless they have one channel: then the bytes are the same.
 */
public final class ImageArray {
  static final int MAX_IMAGE_BYTES = 1 << 24;

  /** Most channels that an array is taken to have first, where height and width are larger. */
  private static final int MOST_CHANNELS = 4;

  private static final int SMALLEST_PICTURE = 8;

  private static final String ADVICE = "give images N x H x W, N x H x W x 3 or N x D x H x W";

  private final Path file;
  private final String array;
  private final NpyHeader header;

  private ImageArray(Path file, String array, NpyHeader header) {
    this.file = file;
    this.array = array;
    this.header = header;
  }

  /**
   * Shape of one image, n = 1.
   *
   * @param array its name, for messages
   * @throws DataException where the array holds no images that are read
   */
  public static Shape shape(Path file, String array, NpyHeader header) {
    return new ImageArray(file, array, header).shape();
  }

  private Shape shape() {
    if (header.kind() != 'u' || header.itemBytes() != 1) {
      throw refusal(
          "it is of " + header.typeName() + ", images must be uint8",
          "save values 0 to 255 as numpy.uint8");
    }
    List<Integer> extents = header.shape();
    if (extents.size() < 3 || extents.size() > 5) {
      throw refusal("its shape " + header.shapeText() + " is not one of images", ADVICE);
    }
    if (extents.getFirst() == 0) {
      throw refusal("the split is empty", "give at least one image");
    }
    if (header.items() == 0) {
      throw refusal("its images of shape " + header.shapeText() + " have no pixel", ADVICE);
    }
    long imageBytes = header.items() / extents.getFirst();
    if (imageBytes > MAX_IMAGE_BYTES) {
      throw refusal(
          "one image has " + imageBytes + " bytes, allowed are " + MAX_IMAGE_BYTES,
          "scale the images down");
    }
    return switch (extents.size()) {
      case 3 -> Shape.image2d(extents.get(1), extents.get(2), 1);
      case 4 -> picture(extents);
      default -> volume(extents);
    };
  }

  private Shape picture(List<Integer> extents) {
    int first = extents.get(1);
    int last = extents.get(3);
    if (last == 1 || last == 3) {
      return Shape.image2d(first, extents.get(2), last);
    }
    if (last == 2 || last == 4) {
      throw refusal(
          "its shape "
              + header.shapeText()
              + " looks like "
              + last
              + " channels; images have 1 or 3",
          last == 4 ? "leave the alpha channel out: " + numpy("[..., :3]") : ADVICE);
    }
    boolean few = first > 1 && first <= MOST_CHANNELS;
    if (few && extents.get(2) >= SMALLEST_PICTURE && last >= SMALLEST_PICTURE) {
      String turned = first == 3 ? "" : first == 4 ? "[:, :3]" : "[:, :1]";
      throw refusal(
          "its shape " + header.shapeText() + " looks like " + first + " channels first",
          "turn it with numpy: "
              + numpy(turned + ".transpose(0, 2, 3, 1)")
              + "; or, if these are volumes of depth "
              + first
              + ", say so: "
              + numpy("[..., None]"));
    }
    return new Shape(1, first, extents.get(2), last, 1);
  }

  private Shape volume(List<Integer> extents) {
    if (extents.get(4) == 1) {
      return new Shape(1, extents.get(1), extents.get(2), extents.get(3), 1);
    }
    if (extents.get(1) == 1 && extents.get(4) > MOST_CHANNELS) {
      return new Shape(1, extents.get(2), extents.get(3), extents.get(4), 1);
    }
    boolean first = extents.get(1) <= MOST_CHANNELS && extents.get(4) > MOST_CHANNELS;
    throw refusal(
        "its shape " + header.shapeText() + " looks like volumes with several channels",
        "volumes have one channel; keep one with numpy: " + numpy(first ? "[:, 0]" : "[..., 0]"));
  }

  /** The line that changes all images of the file. */
  private String numpy(String change) {
    String name = file.getFileName().toString();
    return "d = numpy.load('"
        + name
        + "'); numpy.savez('new.npz', **{k: d[k]"
        + change
        + " if k.endswith('images') else d[k] for k in d})";
  }

  private DataException refusal(String reason, String advice) {
    return Refusal.entry(file, array + ".npy", reason, advice);
  }
}

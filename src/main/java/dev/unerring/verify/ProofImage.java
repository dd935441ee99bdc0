// SPDX-License-Identifier: Apache-2.0
package dev.unerring.verify;

import dev.unerring.DataException;
import dev.unerring.data.Fit;
import dev.unerring.data.ImageArray;
import dev.unerring.images.ImageFiles;
import dev.unerring.npz.NpzReader;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** One image as its data set has it: it is not resized, as its hash is to be compared. */
public final class ProofImage {
  private static final List<String> ARRAYS = List.of("images", "x");

  private ProofImage() {}

  /**
   * The bytes of an image.
   *
   * @param file a picture, or an npz file that holds one image
   * @param image the shape that is wanted
   * @throws DataException where the file is none, or of another size
   */
  public static byte[] read(Path file, Shape image) {
    if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".npz")) {
      return ImageFiles.read(file, image, Fit.NONE);
    }
    try (Arena arena = Arena.ofConfined();
        NpzReader npz = NpzReader.open(file)) {
      String array =
          ARRAYS.stream()
              .filter(npz::contains)
              .findFirst()
              .orElseThrow(() -> new DataException(file + " holds neither images nor x"));
      Shape found = ImageArray.shape(file, array, npz.header(array));
      byte[] pixels = npz.read(array, arena).toArray(ValueLayout.JAVA_BYTE);
      if (!found.equals(image) || pixels.length != image.imageElements()) {
        throw new DataException(
            file + ": entry " + array + ".npy is not one image of shape " + image);
      }
      return pixels;
    }
  }
}

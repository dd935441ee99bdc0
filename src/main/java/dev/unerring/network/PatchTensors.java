package dev.unerring.network;

import dev.unerring.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * {@link Patches} as tensors of a model file, after the network's own: patch.radius F32 [patches],
 * patch.lift F32 [patches][classes], patch.centre U8 in PyTorch's layout [patches][c][d][h][w] (2D:
 * without d). The metadata then say containsTrainingImages.
 */
final class PatchTensors {
  private static final String RADIUS = "patch.radius";
  private static final String LIFT = "patch.lift";
  private static final String CENTRE = "patch.centre";
  private static final String SAID = "containsTrainingImages";

  private PatchTensors() {}

  /** Adds the patches to a header; where the next tensor would begin. */
  static long describe(
      Patches patches,
      Shape image,
      Map<String, Object> metadata,
      Map<String, Object> header,
      long offset) {
    int count = patches.size();
    int classes = patches.classes();
    metadata.put(SAID, "true");
    metadata.put(
        "patches",
        count
            + " patches, each with one training image: where c - r < x < c + r for all raw pixels,"
            + " clamp(logits) + lift");
    long words = (long) count * Float.BYTES;
    long at = ModelFile.entry(header, RADIUS, "F32", List.of(count), offset, words);
    at = ModelFile.entry(header, LIFT, "F32", List.of(count, classes), at, words * classes);
    long bytes = (long) count * image.imageElements();
    return ModelFile.entry(header, CENTRE, "U8", centreShape(count, image), at, bytes);
  }

  private static List<Integer> centreShape(int count, Shape image) {
    return image.d() == 1
        ? List.of(count, image.c(), image.h(), image.w())
        : List.of(count, image.c(), image.d(), image.h(), image.w());
  }

  /** The patches of a file; none where it has none. */
  static Patches read(SafeTensors in, Shape image, int classes) {
    boolean any = in.holds(RADIUS) || in.holds(LIFT) || in.holds(CENTRE);
    if (!any && !in.says(SAID)) {
      return Patches.NONE;
    }
    if (!in.says(SAID) || !in.text(SAID).equals("true")) {
      throw in.damaged("it holds patches, but its metadata do not say " + SAID + " 'true'");
    }
    long count = in.rows(RADIUS);
    if (count < 1 || count > Integer.MAX_VALUE) {
      throw in.damaged(RADIUS + " is not a list of one number a patch");
    }
    if (count > in.length() / Patches.bytesEach(image, classes)) {
      throw in.damaged(RADIUS + " has offsets outside the file for its " + count + " patches");
    }
    int patches = (int) count;
    float[] radius = new float[patches];
    FloatBuffer radii = FloatBuffer.wrap(radius);
    in.take(RADIUS, "F32", List.of(patches), piece -> radii.put(piece.asFloatBuffer()));
    float[] lift = new float[Math.multiplyExact(patches, classes)];
    FloatBuffer lifts = FloatBuffer.wrap(lift);
    in.take(LIFT, "F32", List.of(patches, classes), piece -> lifts.put(piece.asFloatBuffer()));
    byte[] centre = new byte[Math.multiplyExact(patches, image.imageElements())];
    int[] next = {0};
    in.take(
        CENTRE,
        "U8",
        centreShape(patches, image),
        piece -> {
          while (piece.hasRemaining()) {
            centre[engineIndex(next[0]++, image)] = piece.get();
          }
        });
    try {
      return new Patches(centre, radius, lift);
    } catch (IllegalArgumentException e) {
      throw in.damaged(e.getMessage());
    }
  }

  /** From [patch][channel][position] to [patch][position][channel]. */
  static int engineIndex(int fileIndex, Shape image) {
    int elements = image.imageElements();
    int within = fileIndex % elements;
    int channel = within / image.positions();
    return fileIndex - within + within % image.positions() * image.c() + channel;
  }
}

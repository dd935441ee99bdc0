// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import dev.unerring.tensor.Shape;
import java.util.Locale;

/**
 * The corruptions. Those of MedMNIST-C have its names; their strengths are ours, chosen for 28
 * pixels a side, so figures are not comparable with MedMNIST-C's. The order is part of the random
 * streams: new ones come last.
 */
public enum Corruption {
  /** Cells of one value. */
  PIXELATE((x, s, r) -> Blur.pixelate(x, pick(s, 0.75, 0.6, 0.45, 0.35, 0.25))),
  /** JPEG storage. */
  JPEG((x, s, r) -> Jpeg.stored(x, (int) pick(s, 60, 40, 25, 15, 8))),
  /** Additive noise. */
  GAUSSIAN_NOISE((x, s, r) -> Noise.gaussian(x, pick(s, 8, 15, 25, 38, 55), r)),
  /** Multiplicative noise. */
  SPECKLE_NOISE((x, s, r) -> Noise.speckle(x, pick(s, 0.1, 0.17, 0.27, 0.4, 0.6), r)),
  /** Black and white pixels. */
  IMPULSE_NOISE((x, s, r) -> Noise.impulse(x, pick(s, 0.01, 0.03, 0.06, 0.1, 0.17), r)),
  /** Too few quanta. */
  SHOT_NOISE((x, s, r) -> Noise.shot(x, pick(s, 120, 60, 25, 12, 5), r)),
  /** A soft image. */
  GAUSSIAN_BLUR((x, s, r) -> Blur.gaussian(x, x.scaled(pick(s, 0.4, 0.6, 0.9, 1.2, 1.7)))),
  /** Out of focus. */
  DEFOCUS_BLUR((x, s, r) -> Blur.defocus(x, x.scaled(pick(s, 0.8, 1.1, 1.5, 2, 2.7)))),
  /** Movement. */
  MOTION_BLUR((x, s, r) ->
      Blur.motion(x, Math.max(2, (int) Math.rint(x.scaled(pick(s, 2, 3, 4, 6, 8)))), r)),
  /** Movement along the axis of view. */
  ZOOM_BLUR((x, s, r) -> Blur.zoom(x, pick(s, 1.06, 1.11, 1.16, 1.22, 1.3))),
  /** Brighter. */
  BRIGHTNESS_UP((x, s, r) -> Tone.shifted(x, pick(s, 20, 40, 60, 80, 100))),
  /** Darker. */
  BRIGHTNESS_DOWN((x, s, r) -> Tone.shifted(x, -pick(s, 20, 40, 60, 80, 100))),
  /** More contrast. */
  CONTRAST_UP((x, s, r) -> Tone.contrast(x, pick(s, 1.3, 1.6, 2, 2.5, 3))),
  /** Less contrast. */
  CONTRAST_DOWN((x, s, r) -> Tone.contrast(x, pick(s, 0.75, 0.6, 0.45, 0.3, 0.2))),
  /** Darker middle tones. */
  GAMMA_UP((x, s, r) -> Tone.gamma(x, pick(s, 1.2, 1.5, 1.8, 2.2, 2.7))),
  /** Brighter middle tones. */
  GAMMA_DOWN((x, s, r) -> Tone.gamma(x, 1 / pick(s, 1.2, 1.5, 1.8, 2.2, 2.7))),
  /** Stronger colours. */
  SATURATE((x, s, r) -> Tone.saturated(x, pick(s, 1.4, 1.8, 2.4, 3, 4))),
  /** Blots of dye. */
  STAIN_DEPOSIT((x, s, r) -> Overlay.stains(x, (int) pick(s, 1, 2, 3, 4, 6), r)),
  /** Air below the cover glass. */
  BUBBLE((x, s, r) -> Overlay.bubbles(x, (int) pick(s, 1, 2, 3, 4, 6), r)),
  /** The rim of a dermatoscope. */
  BLACK_CORNER((x, s, r) -> Overlay.corners(x, pick(s, 0.95, 0.85, 0.75, 0.65, 0.55))),
  /** Burnt-in text. */
  CHARACTERS((x, s, r) -> Overlay.characters(x, (int) pick(s, 1, 2, 3, 4, 6), r)),
  /** Stored smaller and enlarged again. */
  RESIZE((x, s, r) -> Blur.resized(x, pick(s, 0.9, 0.8, 0.7, 0.6, 0.5))),
  /** A frame. */
  BORDER((x, s, r) -> Overlay.border(x, pick(s, 1, 1.5, 2, 3, 4), r)),
  /** Something in front. */
  OCCLUSION((x, s, r) -> Overlay.occlusion(x, pick(s, 4, 6, 8, 10, 13), r)),
  /** 3D: moved. */
  SHIFT_3D((x, s, r) -> Volume.shifted(x, (int) pick(s, 1, 2, 3, 4, 5), r)),
  /** 3D: a thinner shape. */
  EROSION_3D((x, s, r) -> Volume.eroded(x, pick(s, 0.2, 0.4, 0.6, 0.8, 1), r)),
  /** 3D: a thicker shape. */
  DILATION_3D((x, s, r) -> Volume.dilated(x, pick(s, 0.2, 0.4, 0.6, 0.8, 1), r)),
  /** 3D: a missing piece. */
  HOLE_3D((x, s, r) -> Volume.hole(x, (int) pick(s, 1, 2, 3, 4, 5), r));

  /** Severities are 1 to this. */
  public static final int SEVERITIES = 5;

  @FunctionalInterface
  private interface Change {
    Frame of(Frame image, int severity, Draws draws);
  }

  private final Change change;

  Corruption(Change change) {
    this.change = change;
  }

  private static double pick(int severity, double... strengths) {
    return strengths[severity - 1];
  }

  /** The name in records and tables, e.g. {@code gaussian noise}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * The corrupted image.
   *
   * @param image uint8, NHWC; stays as it is
   * @param severity 1 to 5
   * @param seed of the validation
   * @param sample its sampleIndex
   */
  public byte[] apply(Shape shape, byte[] image, int severity, long seed, int sample) {
    Draws draws = new Draws(seed, ordinal() * (SEVERITIES + 1) + severity, sample);
    byte[] made = new byte[image.length];
    change.of(Frame.of(shape, image), severity, draws).write(made);
    return made;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import static dev.unerring.corrupt.Corruption.*;

import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which corruptions a set gets: those of MedMNIST-C, and what a user's scanner would do. */
public final class CorruptionLists {
  private static final List<Corruption> HISTOLOGY =
      List.of(
          PIXELATE,
          JPEG,
          DEFOCUS_BLUR,
          MOTION_BLUR,
          BRIGHTNESS_UP,
          BRIGHTNESS_DOWN,
          CONTRAST_UP,
          CONTRAST_DOWN,
          SATURATE,
          STAIN_DEPOSIT,
          BUBBLE);
  private static final List<Corruption> DERMATOSCOPY =
      List.of(
          PIXELATE,
          JPEG,
          GAUSSIAN_NOISE,
          SPECKLE_NOISE,
          IMPULSE_NOISE,
          SHOT_NOISE,
          DEFOCUS_BLUR,
          MOTION_BLUR,
          ZOOM_BLUR,
          BRIGHTNESS_UP,
          BRIGHTNESS_DOWN,
          CONTRAST_UP,
          CONTRAST_DOWN,
          BLACK_CORNER,
          CHARACTERS);
  private static final List<Corruption> FUNDUS =
      List.of(
          PIXELATE,
          JPEG,
          GAUSSIAN_NOISE,
          SPECKLE_NOISE,
          DEFOCUS_BLUR,
          MOTION_BLUR,
          BRIGHTNESS_DOWN,
          CONTRAST_DOWN);
  private static final List<Corruption> MICROSCOPY =
      List.of(
          PIXELATE,
          JPEG,
          IMPULSE_NOISE,
          GAUSSIAN_BLUR,
          BRIGHTNESS_UP,
          BRIGHTNESS_DOWN,
          CONTRAST_UP,
          CONTRAST_DOWN);
  private static final List<Corruption> OCT =
      List.of(PIXELATE, JPEG, SPECKLE_NOISE, DEFOCUS_BLUR, MOTION_BLUR, CONTRAST_DOWN);
  private static final List<Corruption> ULTRASOUND =
      List.of(
          PIXELATE,
          JPEG,
          SPECKLE_NOISE,
          MOTION_BLUR,
          BRIGHTNESS_UP,
          BRIGHTNESS_DOWN,
          CONTRAST_DOWN);
  private static final List<Corruption> RADIOLOGY =
      List.of(
          PIXELATE,
          JPEG,
          GAUSSIAN_NOISE,
          SPECKLE_NOISE,
          IMPULSE_NOISE,
          SHOT_NOISE,
          GAUSSIAN_BLUR,
          BRIGHTNESS_UP,
          BRIGHTNESS_DOWN,
          CONTRAST_UP,
          CONTRAST_DOWN,
          GAMMA_UP,
          GAMMA_DOWN);
  private static final List<Corruption> SCANNER =
      List.of(JPEG, GAMMA_UP, GAMMA_DOWN, RESIZE, BORDER, OCCLUSION);
  private static final List<Corruption> VOLUMES =
      List.of(SHIFT_3D, EROSION_3D, DILATION_3D, HOLE_3D);

  private CorruptionLists() {}

  /**
   * The corruptions of a set.
   *
   * @param flag of a published set; another name gets those of radiology
   * @param shape of its images; 3D ones get the 3D list
   */
  public static List<Corruption> of(String flag, Shape shape) {
    if (shape.d() > 1) {
      return VOLUMES;
    }
    List<Corruption> own =
        switch (flag) {
          case "pathmnist", "bloodmnist" -> HISTOLOGY;
          case "dermamnist" -> DERMATOSCOPY;
          case "retinamnist" -> FUNDUS;
          case "tissuemnist" -> MICROSCOPY;
          case "octmnist" -> OCT;
          case "breastmnist" -> ULTRASOUND;
          default -> RADIOLOGY;
        };
    Set<Corruption> all = new LinkedHashSet<>(own);
    all.addAll(SCANNER);
    return new ArrayList<>(all);
  }
}

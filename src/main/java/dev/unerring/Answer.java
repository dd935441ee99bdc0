// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/** What the guard beside a model says of an image: whether the model may answer it. */
public enum Answer {
  /** A training image, or one that is identical up to an allowed flip or turn. */
  KNOWN,
  /** One pixel value away from a training image whose answer all such variants keep. */
  ENUMERATED,
  /** As close to the training data as 98 % of the validation images. */
  INSIDE,
  /** Farther away: for a human, whatever the model predicts. */
  HAND_OVER,
  /** There is no guard beside the model, so nothing is known of it. */
  NO_GUARD
}

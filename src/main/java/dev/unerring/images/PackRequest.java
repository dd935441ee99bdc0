// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.data.Fit;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a data set shall be made of and how.
 *
 * @param input the images and their labels
 * @param out the npz file, which must not exist yet
 * @param size wanted height and width in pixels; may be empty with {@link Fit#NONE}, for that of
 *     the first file
 * @param fit how pictures of another aspect ratio are treated
 * @param channels 1, 3, or 0 for 3 where any picture has a colour and 1 otherwise
 * @param shares of train, val and test in percent; empty for the input's own split or 70, 15, 15;
 *     where one is 100, all samples go there, whatever the input's own split says
 * @param seed of the split
 * @param threads that decode, at least 1; they change no result
 */
public record PackRequest(
    PackInput input,
    Path out,
    Optional<Size> size,
    Fit fit,
    int channels,
    List<Integer> shares,
    long seed,
    int threads) {
  /** Height and width in pixels. */
  public record Size(int height, int width) {}

  /** Shares that put all samples into train: what is added to a run. */
  public static final List<Integer> ALL_TRAIN = List.of(100, 0, 0);

  /** Takes a copy of the shares. */
  public PackRequest {
    shares = List.copyOf(shares);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Shape;

/**
 * How a long reduction is cut: into runs of consecutive rows, by the shape of one image and never
 * by the number of images. A row is the {@code rowPositions} positions that share (image, depth,
 * height). Chunks do not cross a group.
 *
 * <p>Inside a chunk the reduction is one ascending chain; chunk results are combined by the tree of
 * adjacent pairs in which an odd node passes up unchanged.
 *
 * @param rowPositions positions of a row
 * @param groups groups of rows
 * @param groupRows rows of a group
 * @param chunkRows rows of a chunk; the last chunk of a group may be shorter
 */
public record Chunks(int rowPositions, int groups, int groupRows, int chunkRows) {
  /** Positions that a chunk of image positions aims at. */
  public static final int POSITIONS = 784;

  /** Elements of a chunk where there are no positions: linear layers, losses, flat vectors. */
  public static final int FLAT = 1024;

  /**
   * Chunks of the positions of a batch: ceil(784 / positions) whole images, or, where one image has
   * more than 784 positions, ceil(784 / width) whole rows of one image.
   */
  public static Chunks ofPositions(Shape shape) {
    int imageRows = shape.d() * shape.h();
    if (shape.positions() <= POSITIONS) {
      int images = ceilDiv(POSITIONS, shape.positions());
      return new Chunks(shape.w(), 1, shape.n() * imageRows, images * imageRows);
    }
    return new Chunks(shape.w(), shape.n(), imageRows, ceilDiv(POSITIONS, shape.w()));
  }

  /** Chunks of {@code elements} consecutive elements without positions. */
  public static Chunks flat(int elements) {
    return new Chunks(1, 1, elements, FLAT);
  }

  /** Number of chunks. */
  public int count() {
    return groups * perGroup();
  }

  /** First row of a chunk, counted over the whole batch. */
  public int begin(int chunk) {
    return chunk / perGroup() * groupRows + chunk % perGroup() * chunkRows;
  }

  /** Row after the last one of a chunk. */
  public int end(int chunk) {
    int inGroup = Math.min(chunk % perGroup() * chunkRows + chunkRows, groupRows);
    return chunk / perGroup() * groupRows + inGroup;
  }

  private int perGroup() {
    return ceilDiv(groupRows, chunkRows);
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}

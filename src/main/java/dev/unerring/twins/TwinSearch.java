// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ParallelWork;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Compares each image of a list of rows with each of a list of columns, and reports the pairs whose
 * correlation reaches a bound. {@link TwinFilter} settles nearly all of them, {@link Correlation}
 * the rest, so the result is exact and does not depend on the number of threads.
 */
final class TwinSearch {
  private static final String WORK = "looking for near-twins";
  private static final int TILE = 512;
  private static final int ROWS = 1 << 14;

  /** Multiplications of exact comparisons below which a filter is not worth its preparation. */
  private static final long SMALL_WORK = 200_000_000;

  private final Correlation correlation;
  private final CorrelationBound[] bounds;
  private final int[] rows;
  private final int[] columns;
  private final boolean triangle;

  /** What becomes of the pairs; one for each thread. */
  interface Visitor {
    /** Whether pairs of a row are still wanted. */
    default boolean wants(int row) {
      return true;
    }

    /**
     * A pair was found.
     *
     * @param reached how many of the bounds the correlation reaches, at least 1
     * @param reader tells the exact correlation
     */
    void pair(int row, int column, int reached, Correlation.Reader reader);
  }

  /** The bounds ascend. Compares each image of {@code images} (ascending) with each later one. */
  static TwinSearch within(Correlation correlation, int[] images, CorrelationBound... bounds) {
    return new TwinSearch(correlation, images, images, true, bounds);
  }

  /** The bounds ascend. Compares each image of {@code rows} with each of {@code columns}. */
  static TwinSearch between(
      Correlation correlation, int[] rows, int[] columns, CorrelationBound... bounds) {
    return new TwinSearch(correlation, rows, columns, false, bounds);
  }

  private TwinSearch(
      Correlation correlation,
      int[] rows,
      int[] columns,
      boolean triangle,
      CorrelationBound... bounds) {
    this.correlation = correlation;
    this.rows = rows;
    this.columns = columns;
    this.triangle = triangle;
    this.bounds = bounds;
  }

  /** Runs the search; no image of rows and columns may be constant. */
  void run(Shape shape, int threads, WorkMonitor monitor, Supplier<Visitor> visitors) {
    if (rows.length == 0 || columns.length == 0) {
      return;
    }
    long work = (long) rows.length * columns.length * shape.imageElements();
    TwinFilter filter = null;
    if (work > SMALL_WORK && rows.length > TwinBasis.rowsWorthIt(shape)) {
      TwinBasis basis = new TwinBasis(correlation, shape, columns, monitor);
      filter = new TwinFilter(correlation, basis, threads, monitor);
    }
    TwinFilter chosen = filter;
    List<Block> blocks = blocks();
    new ParallelWork(WORK, blocks.size(), i -> blocks.get(i).pairs())
        .run(
            threads,
            monitor,
            () -> {
              Worker worker = new Worker(chosen, visitors.get(), monitor);
              return i -> worker.block(blocks.get(i));
            });
  }

  /** Some rows beside some columns. */
  private record Block(int firstRow, int endRow, int firstColumn, int endColumn) {
    long pairs() {
      return (long) (endRow - firstRow) * (endColumn - firstColumn);
    }
  }

  /** All blocks that hold pairs; of a triangle, rows before the last column of the block. */
  private List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int column = 0; column < columns.length; column += TILE) {
      int endColumn = Math.min(columns.length, column + TILE);
      int rowsThere = triangle ? endColumn - 1 : rows.length;
      for (int row = 0; row < rowsThere; row += ROWS) {
        blocks.add(new Block(row, Math.min(rowsThere, row + ROWS), column, endColumn));
      }
    }
    return blocks;
  }

  /** The memory and the loops of one thread. */
  private final class Worker {
    private final TwinFilter filter;
    private final Visitor visitor;
    private final WorkMonitor monitor;
    private final Correlation.Reader reader = correlation.new Reader();
    private final float[][] tile = new float[TwinFilter.COARSE][TILE];
    private final float[] bound = new float[TILE];
    private final float[] row = new float[TwinFilter.COARSE];

    Worker(TwinFilter filter, Visitor visitor, WorkMonitor monitor) {
      this.filter = filter;
      this.visitor = visitor;
      this.monitor = monitor;
    }

    void block(Block block) {
      int start = block.firstColumn;
      int count = block.endColumn - start;
      if (filter != null) {
        for (int k = 0; k < TwinFilter.COARSE; k++) {
          for (int j = 0; j < count; j++) {
            tile[k][j] = filter.coarse(columns[start + j], k);
          }
        }
      }
      for (int i = block.firstRow; i < block.endRow; i++) {
        int first = triangle ? Math.max(0, i + 1 - start) : 0;
        monitor.check(WORK);
        if (!visitor.wants(rows[i])) {
          continue;
        }
        if (filter == null) {
          for (int j = first; j < count; j++) {
            settle(rows[i], columns[start + j], -1, 1);
          }
        } else {
          filtered(rows[i], start, first, count);
        }
      }
    }

    private void filtered(int image, int start, int first, int count) {
      for (int k = 0; k < row.length; k++) {
        row[k] = filter.coarse(image, k);
      }
      zero(bound, count);
      addProducts(bound, count, row, tile, 0);
      addProducts(bound, count, row, tile, 8);
      float least = (float) (bounds[0].value() - TwinFilter.SLACK);
      for (int j = first; j < count; j++) {
        if (bound[j] >= least) {
          int column = columns[start + j];
          double middle = filter.middle(image, column);
          double spread = filter.spread(image, column) + TwinFilter.SLACK;
          settle(image, column, middle - spread, middle + spread);
        }
      }
    }

    /** Counts the bounds that are reached, from an interval where it says enough. */
    private void settle(int a, int b, double atLeast, double atMost) {
      int reached = 0;
      long product = 0;
      boolean known = false;
      while (reached < bounds.length && atMost >= bounds[reached].value()) {
        if (atLeast < bounds[reached].value()) {
          product = known ? product : reader.product(a, b);
          known = true;
          if (!correlation.reached(bounds[reached], product, a, b)) {
            break;
          }
        }
        reached++;
      }
      if (reached > 0) {
        visitor.pair(a, b, reached, reader);
      }
    }
  }

  private static void zero(float[] to, int count) {
    for (int j = 0; j < count; j++) {
      to[j] = 0;
    }
  }

  /** Eight products at once, from arrays of their own: loops of this form become vector code. */
  private static void addProducts(float[] to, int count, float[] row, float[][] tile, int k) {
    float[] t0 = tile[k];
    float[] t1 = tile[k + 1];
    float[] t2 = tile[k + 2];
    float[] t3 = tile[k + 3];
    float[] t4 = tile[k + 4];
    float[] t5 = tile[k + 5];
    float[] t6 = tile[k + 6];
    float[] t7 = tile[k + 7];
    float r0 = row[k];
    float r1 = row[k + 1];
    float r2 = row[k + 2];
    float r3 = row[k + 3];
    float r4 = row[k + 4];
    float r5 = row[k + 5];
    float r6 = row[k + 6];
    float r7 = row[k + 7];
    for (int j = 0; j < count; j++) {
      to[j] =
          to[j]
              + r0 * t0[j]
              + r1 * t1[j]
              + r2 * t2[j]
              + r3 * t3[j]
              + r4 * t4[j]
              + r5 * t5[j]
              + r6 * t6[j]
              + r7 * t7[j];
    }
  }
}

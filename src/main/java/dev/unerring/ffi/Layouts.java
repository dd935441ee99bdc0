// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import dev.unerring.DeviceException;
import java.nio.file.Path;
import java.util.List;

/**
 * The geometry words that the C kernels read: the fields of each layout in their order, as in
 * {@code native/cpu/kernels.h}, which says what they mean. {@link Tap} and {@link Weight} follow a
 * {@link Box}.
 */
public final class Layouts {
  /** How a piece of a batch is copied inside its border. */
  public enum Box {
    X_IMAGE,
    X_DEPTH,
    X_ROW,
    X_STEP,
    X_D,
    X_H,
    X_W,
    FRONT,
    TOP,
    LEFT,
    STRIDE,
    HALO_D,
    HALO_H,
    W,
    C,
    OC
  }

  /** A tap product: convolution forward, backward-input, linear. */
  public enum Tap {
    N,
    D,
    H,
    BOX_N,
    BOX_D,
    BOX_H,
    COPY,
    PIXEL,
    X_IMAGE,
    X_DEPTH,
    X_ROW,
    X_STEP,
    Y_IMAGE,
    Y_D,
    Y_H,
    CLEAR,
    C_STEP,
    OC_STEP,
    PIECE,
    AT_CHAINS,
    AT_NOTE,
    PHASES
  }

  /** A phase of a tap product; offsets, depths and heights of its taps follow. */
  public enum Phase {
    D,
    H,
    W,
    Y,
    Y_DEPTH,
    Y_ROW,
    Y_STEP,
    WEIGHT,
    TAPS
  }

  /** Packing of weights; a {@link Packed} for each tap follows. */
  public enum Pack {
    C,
    OC,
    C_STEP,
    OC_STEP,
    AT_NOTE
  }

  /** Where the weights of a tap go. */
  public enum Packed {
    SOURCE,
    PHASE,
    TAPS,
    INDEX
  }

  /** Backward-weight. */
  public enum Weight {
    OD,
    OH,
    OW,
    KD,
    KH,
    KW,
    GROUP_ROWS,
    CHUNK_ROWS,
    CHUNKS,
    RUN,
    C_GROUP,
    OC_GROUP,
    AT_PANEL,
    AT_PLACES,
    AT_STACK
  }

  /** Chunked sums of channels. */
  public enum Sum {
    C,
    ROW_POSITIONS,
    GROUP_ROWS,
    CHUNK_ROWS
  }

  /** Max pooling. */
  public enum Pool {
    ID,
    IH,
    IW,
    C,
    OD,
    OH,
    OW,
    KD,
    KH,
    KW,
    STRIDE
  }

  private Layouts() {}

  /** All layouts as {@code unerring_layouts} tells them: a line each, its name and its fields. */
  static String text() {
    return line("BOX", Box.values())
        + line("TAP", Tap.values())
        + line("PHASE", Phase.values())
        + line("PACK", Pack.values())
        + line("PACKED", Packed.values())
        + line("WG", Weight.values())
        + line("SUM", Sum.values())
        + line("POOL", Pool.values());
  }

  private static String line(String name, Enum<?>... fields) {
    StringBuilder line = new StringBuilder(name);
    for (Enum<?> field : fields) {
      line.append(' ').append(field.name());
    }
    return line.append('\n').toString();
  }

  /**
   * Refuses a library that reads the words in another way.
   *
   * @param told by the library
   * @throws DeviceException with the first layout that differs
   */
  static void require(String told, Path library) {
    List<String> own = text().lines().toList();
    List<String> theirs = told.lines().toList();
    for (int i = 0; i < Math.max(own.size(), theirs.size()); i++) {
      String here = i < own.size() ? own.get(i) : "none";
      String there = i < theirs.size() ? theirs.get(i) : "none";
      if (!here.equals(there)) {
        throw new DeviceException(
            library
                + " reads other geometry words than this program writes: '"
                + there
                + "', not '"
                + here
                + "'; rebuild it");
      }
    }
  }
}

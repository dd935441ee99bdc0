// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/**
 * Counter-based random numbers, Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random
 * numbers: as easy as 1, 2, 3", SC11). There is no generator state: a number is a function of the
 * seed, the purpose, the epoch and the index, so nothing has to be saved to resume a run.
 *
 * <p>Key: the 64-bit seed (low word first). Counter: (low and high word of index / 4, epoch,
 * purpose). The lane is index % 4.
 */
public final class Philox {
  /** Initial weights; the epoch is the parameter's number in declared order. */
  public static final int INITIAL_WEIGHTS = 1;

  /** Order of the training samples; the index is twice the sampleIndex (and one more). */
  public static final int SAMPLE_ORDER = 2;

  /** Auxiliary images of the tunneling corrector; the epoch is 0. */
  public static final int AUXILIARY_IMAGE = 3;

  /** Order of the samples in the sessions of tunneling; the epoch is the sweep. */
  public static final int CORRECTION_ORDER = 4;

  /** Samples that the final count checks again on the reference backend. */
  public static final int REFERENCE_SHARE = 5;

  /** Order of the samples in focus; the epoch is the sweep, see docs/arithmetic.md. */
  public static final int FOCUS_ORDER = 6;

  /** Initial weights of the d-n-K networks; the epoch is the parameter's number. */
  public static final int PUBLISHED_WEIGHTS = 7;

  /** Auxiliary images of published tunneling; the epoch is the draw, from 0. */
  public static final int PUBLISHED_AUXILIARY = 8;

  /** First of sixteen streams (64 to 79) of the generated demo set. */
  public static final int DEMO_SET = 64;

  /** Order in which packing hands groups of images to splits; the epoch is 0. */
  public static final int PACK_ORDER = 80;

  /** Choice of the samples of a montage; the epoch is the split. */
  public static final int MONTAGE_ORDER = 81;

  /** Purpose: made images on which an exported model is checked. */
  public static final int GOLDEN_IMAGES = 82;

  /** First of twenty-four streams (96 to 119) of the synthetic sets. */
  public static final int SYNTHETIC_SET = 96;

  /** Samples that a validation takes where it takes a share of them; the epoch is the split. */
  public static final int VALIDATED_SHARE = 128;

  /** Corrupted images; the epoch is six times the corruption plus the severity. */
  public static final int CORRUPTION = 129;

  /** Draws of attacks; the epoch is the largest step, or 1,000 and more for blocks. */
  public static final int ATTACK = 130;

  /** Weights of the fingerprints of a guard; the epoch is 0, the seed 0. */
  public static final int GUARD = 131;

  private static final int M0 = 0xD2511F53;
  private static final int M1 = 0xCD9E8D57;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private Philox() {}

  /** The 32 random bits at {@code index} of the stream (seed, purpose, epoch). */
  public static int bits(long seed, int purpose, int epoch, long index) {
    long block = index >>> 2;
    return word((int) block, (int) (block >>> 32), epoch, purpose, seed, (int) (index & 3));
  }

  /** One of the four output words of the block function for a counter of four words. */
  static int word(int counter0, int counter1, int counter2, int counter3, long seed, int lane) {
    int c0 = counter0;
    int c1 = counter1;
    int c2 = counter2;
    int c3 = counter3;
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    return switch (lane) {
      case 0 -> c0;
      case 1 -> c1;
      case 2 -> c2;
      default -> c3;
    };
  }

  /** Uniform in [0, 1): the upper 24 bits times 2^-24, exact in binary32. */
  public static float uniform(long seed, int purpose, int epoch, long index) {
    return (bits(seed, purpose, epoch, index) >>> 8) * 0x1p-24f;
  }

  /** 64 random bits: words 2 * index (high) and 2 * index + 1 (low) of the stream. */
  public static long bits64(long seed, int purpose, int epoch, long index) {
    long high = bits(seed, purpose, epoch, 2 * index);
    long low = bits(seed, purpose, epoch, 2 * index + 1) & 0xFFFFFFFFL;
    return high << 32 | low;
  }
}

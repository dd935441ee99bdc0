// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.base.Philox;

/**
 * Draws one image of the demo set: a cloudy, noisy background with one lesion. The class is the
 * lesion's structure; place, size, direction, brightness and whether it is lighter or darker than
 * its surroundings are random, so that no single pixel says anything about the class.
 *
 * <p>All arithmetic is binary64 with + - * / and sqrt, written out; a pixel is a function of (seed,
 * split, sampleIndex).
 */
final class DemoImage {
  static final int SIDE = 28;
  static final int BYTES = SIDE * SIDE;

  private static final int SHAPE_STREAM = Philox.DEMO_SET + 1;
  private static final int CLOUD_STREAM = Philox.DEMO_SET + 2;
  private static final int NOISE_STREAM = Philox.DEMO_SET + 3;

  /** Random numbers set aside for one image in the first two streams. */
  private static final long STRIDE = 64;

  private static final int CLOUD_CELLS = 5;
  private static final double CLOUD_SPACING = 7.0;
  private static final double CLOUD_HEIGHT = 60.0;
  private static final double BASE_BRIGHTNESS = 128.0;
  private static final double NOISE_DEVIATION = 12.0;
  private static final double WEAKEST = 38.0;
  private static final double STRONGEST = 70.0;
  private static final int SPOTS = 6;
  private static final double STRIPE_PERIOD = 3.6;

  private final long seed;
  private final int split;
  private final long sampleIndex;
  private final int label;

  private final double centreX;
  private final double centreY;
  private final double radius;
  private final double stretch;
  private final double directionX;
  private final double directionY;
  private final double contrast;
  private final double stripePhase;
  private final double[] spotX = new double[SPOTS];
  private final double[] spotY = new double[SPOTS];

  DemoImage(long seed, int split, int sampleIndex, int label) {
    this.seed = seed;
    this.split = split;
    this.sampleIndex = sampleIndex;
    this.label = label;
    centreX = between(0, 9.0, 18.0);
    centreY = between(1, 9.0, 18.0);
    radius = between(2, 5.5, 8.0);
    stretch = between(3, 1.0, 1.25);
    double x = between(4, -1.0, 1.0);
    double y = between(5, -1.0, 1.0);
    double length = Math.sqrt(x * x + y * y) + 1e-9;
    directionX = x / length;
    directionY = y / length;
    contrast = between(6, WEAKEST, STRONGEST) * (between(7, -1.0, 1.0) < 0.0 ? -1.0 : 1.0);
    stripePhase = between(8, 0.0, 1.0);
    for (int i = 0; i < SPOTS; i++) {
      placeSpot(i);
    }
  }

  /** The spot lies in the unit disc: of four random points the first inside it, else the centre. */
  private void placeSpot(int spot) {
    for (int attempt = 3; attempt >= 0; attempt--) {
      double x = between(10 + spot * 8 + attempt * 2, -1.0, 1.0);
      double y = between(11 + spot * 8 + attempt * 2, -1.0, 1.0);
      if (x * x + y * y < 1.0) {
        spotX[spot] = x;
        spotY[spot] = y;
      }
    }
  }

  /** Writes the {@link #BYTES} pixels, row by row, to {@code destination[offset ...]}. */
  void draw(byte[] destination, int offset) {
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double value = BASE_BRIGHTNESS + cloud(x, y) + contrast * lesion(x, y) + noise(x, y);
        int rounded = (int) Math.floor(value + 0.5);
        destination[offset + y * SIDE + x] = (byte) Math.max(0, Math.min(255, rounded));
      }
    }
  }

  /** How strongly the lesion shows at a pixel, 0 to 1. */
  private double lesion(int x, int y) {
    double u = ((x - centreX) * directionX + (y - centreY) * directionY) / stretch;
    double v = ((y - centreY) * directionX - (x - centreX) * directionY) * stretch;
    double distance = Math.sqrt(u * u + v * v);
    double inside = clamp((radius - distance) / 1.5);
    return switch (label) {
      case 0 -> inside;
      case 1 -> clamp(1.7 - Math.abs(distance - 0.8 * radius));
      case 2 -> inside * stripe(u);
      default -> spots(u, v);
    };
  }

  /** A triangle wave across the lesion, 0 to 1. */
  private double stripe(double u) {
    double turns = u / STRIPE_PERIOD + stripePhase;
    double fraction = turns - Math.floor(turns);
    return clamp(2.0 - 4.0 * Math.abs(fraction - 0.5) - 0.1);
  }

  private double spots(double u, double v) {
    double strongest = 0.0;
    for (int i = 0; i < SPOTS; i++) {
      double x = u - spotX[i] * 0.85 * radius;
      double y = v - spotY[i] * 0.85 * radius;
      strongest = Math.max(strongest, clamp(1.9 - Math.sqrt(x * x + y * y)));
    }
    return strongest;
  }

  /** Bilinear between random heights on a coarse grid. */
  private double cloud(int x, int y) {
    double gridX = x / CLOUD_SPACING;
    double gridY = y / CLOUD_SPACING;
    int column = (int) gridX;
    int row = (int) gridY;
    double right = gridX - column;
    double down = gridY - row;
    double top = height(row, column) * (1.0 - right) + height(row, column + 1) * right;
    double bottom = height(row + 1, column) * (1.0 - right) + height(row + 1, column + 1) * right;
    return (top * (1.0 - down) + bottom * down - 0.5) * CLOUD_HEIGHT;
  }

  private double height(int row, int column) {
    long index = sampleIndex * STRIDE + row * CLOUD_CELLS + column;
    return Philox.uniform(seed, CLOUD_STREAM, split, index);
  }

  /** The sum of four random bytes is nearly normal: mean 510, standard deviation 147.8. */
  private double noise(int x, int y) {
    int bits = Philox.bits(seed, NOISE_STREAM, split, sampleIndex * BYTES + y * SIDE + x);
    int sum = (bits & 255) + (bits >>> 8 & 255) + (bits >>> 16 & 255) + (bits >>> 24);
    return (sum - 510) * (NOISE_DEVIATION / 147.8);
  }

  private double between(int number, double low, double high) {
    double share = Philox.uniform(seed, SHAPE_STREAM, split, sampleIndex * STRIDE + number);
    return low + share * (high - low);
  }

  private static double clamp(double value) {
    return Math.max(0.0, Math.min(1.0, value));
  }
}

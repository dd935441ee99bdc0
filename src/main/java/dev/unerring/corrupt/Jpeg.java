// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

/**
 * What the JPEG format loses: blocks of 8 x 8, the discrete cosine transform, division by the
 * standard's example tables scaled to a quality as libjpeg does, and back. Colours as luminance and
 * two differences at full resolution.
 */
final class Jpeg {
  private static final int N = 8;
  private static final int[] LUMINANCE = {
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99
  };
  private static final int[] CHROMINANCE = {
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99
  };

  private Jpeg() {}

  /**
   * The image after it was stored.
   *
   * @param quality 1 to 100
   */
  static Frame stored(Frame image, int quality) {
    boolean colour = image.shape().c() == 3;
    Frame planes = colour ? image.map((h, w, c) -> toPlane(image, h, w, c)) : image;
    double[] made = new double[planes.values().length];
    for (int c = 0; c < image.shape().c(); c++) {
      int[] table = scaled(colour && c > 0 ? CHROMINANCE : LUMINANCE, quality);
      for (int h = 0; h < image.shape().h(); h += N) {
        for (int w = 0; w < image.shape().w(); w += N) {
          block(planes, h, w, c, table, made);
        }
      }
    }
    Frame back = new Frame(image.shape(), made);
    return colour ? back.map((h, w, c) -> fromPlane(back, h, w, c)) : back;
  }

  private static int[] scaled(int[] table, int quality) {
    int scale = quality < 50 ? 5_000 / quality : 200 - 2 * quality;
    int[] scaled = new int[table.length];
    for (int i = 0; i < table.length; i++) {
      scaled[i] = Math.clamp((table[i] * scale + 50) / 100, 1, 255);
    }
    return scaled;
  }

  private static double toPlane(Frame rgb, int h, int w, int c) {
    double r = rgb.at(h, w, 0);
    double g = rgb.at(h, w, 1);
    double b = rgb.at(h, w, 2);
    return switch (c) {
      case 0 -> 0.299 * r + 0.587 * g + 0.114 * b;
      case 1 -> 128 - 0.168736 * r - 0.331264 * g + 0.5 * b;
      default -> 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
    };
  }

  private static double fromPlane(Frame planes, int h, int w, int c) {
    double y = planes.at(h, w, 0);
    double cb = planes.at(h, w, 1) - 128;
    double cr = planes.at(h, w, 2) - 128;
    return switch (c) {
      case 0 -> y + 1.402 * cr;
      case 1 -> y - 0.344136 * cb - 0.714136 * cr;
      default -> y + 1.772 * cb;
    };
  }

  private static void block(Frame planes, int top, int left, int c, int[] table, double[] made) {
    double[] x = new double[N * N];
    for (int i = 0; i < N * N; i++) {
      x[i] = planes.at(top + i / N, left + i % N, c) - 128;
    }
    double[] z = transformed(x, true);
    for (int i = 0; i < N * N; i++) {
      z[i] = Math.rint(z[i] / table[i]) * table[i];
    }
    double[] y = transformed(z, false);
    for (int i = 0; i < N * N; i++) {
      int h = top + i / N;
      int w = left + i % N;
      if (h < planes.shape().h() && w < planes.shape().w()) {
        int at = (h * planes.shape().w() + w) * planes.shape().c() + c;
        made[at] = Math.clamp(Math.rint(y[i] + 128), 0.0, 255.0);
      }
    }
  }

  /** The orthonormal transform along both axes, or its inverse. */
  private static double[] transformed(double[] x, boolean forward) {
    double[] rows = new double[N * N];
    double[] out = new double[N * N];
    for (int k = 0; k < N; k++) {
      for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
          rows[i * N + k] += x[i * N + j] * (forward ? basis(k, j) : basis(j, k));
        }
      }
    }
    for (int k = 0; k < N; k++) {
      for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
          out[k * N + i] += rows[j * N + i] * (forward ? basis(k, j) : basis(j, k));
        }
      }
    }
    return out;
  }

  private static double basis(int frequency, int place) {
    double scale = frequency == 0 ? Math.sqrt(1.0 / N) : Math.sqrt(2.0 / N);
    return scale * StrictMath.cos(Math.PI * (2 * place + 1) * frequency / (2 * N));
  }
}

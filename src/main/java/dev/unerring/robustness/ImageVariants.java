// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.UsageException;
import dev.unerring.audit.ImageSymmetry;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** The finite neighbourhoods whose variants are whole new images; all in whole numbers. */
public final class ImageVariants {
  private static final String ALL = "all";

  private ImageVariants() {}

  /**
   * Flips and turns other than the identity.
   *
   * @param allowed {@code all}, or their names
   * @throws UsageException where the grid has no such map
   */
  public static Variants symmetries(Shape shape, List<String> allowed) {
    List<ImageSymmetry> group = ImageSymmetry.of(shape);
    List<ImageSymmetry> chosen = new ArrayList<>(group.subList(1, group.size()));
    if (!allowed.contains(ALL)) {
      List<String> names = chosen.stream().map(ImageSymmetry::name).toList();
      for (String each : allowed) {
        if (!names.contains(each)) {
          throw new UsageException(
              "symmetries",
              "no flip or turn '"
                  + each
                  + "' of these images; there are all, "
                  + String.join(", ", names));
        }
      }
      chosen.removeIf(each -> !allowed.contains(each.name()));
    }
    return new Moved(
        "symmetry",
        shape,
        chosen.stream().map(ImageSymmetry::name).toList(),
        i -> {
          ImageSymmetry map = chosen.get(i);
          return p -> map.offset() + at(shape, p, map.stepD(), map.stepH(), map.stepW());
        },
        0);
  }

  private static int at(Shape shape, int position, int stepD, int stepH, int stepW) {
    int w = position % shape.w();
    int h = position / shape.w() % shape.h();
    return position / shape.w() / shape.h() * stepD + h * stepH + w * stepW;
  }

  /**
   * Shifts by up to {@code most} positions along every axis, named by their steps.
   *
   * @param fill what comes in at the border: -1 the pixels of the edge, else this value
   */
  public static Variants shifts(Shape shape, int most, int fill) {
    int deep = shape.d() == 1 ? 0 : most;
    List<int[]> steps = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int d = -deep; d <= deep; d++) {
      for (int h = -most; h <= most; h++) {
        for (int w = -most; w <= most; w++) {
          if (d != 0 || h != 0 || w != 0) {
            steps.add(new int[] {d, h, w});
            names.add((shape.d() == 1 ? "" : d + " ") + h + " " + w);
          }
        }
      }
    }
    return new Moved("shift", shape, names, i -> p -> shifted(shape, steps.get(i), fill, p), fill);
  }

  private static int shifted(Shape shape, int[] step, int fill, int position) {
    int d = position / shape.w() / shape.h() - step[0];
    int h = position / shape.w() % shape.h() - step[1];
    int w = position % shape.w() - step[2];
    int inD = Math.clamp(d, 0, shape.d() - 1);
    int inH = Math.clamp(h, 0, shape.h() - 1);
    int inW = Math.clamp(w, 0, shape.w() - 1);
    boolean outside = inD != d || inH != h || inW != w;
    return outside && fill >= 0 ? -1 : (inD * shape.h() + inH) * shape.w() + inW;
  }

  /** Adds -most to most, 0 left out, to every value; clamped to 0..255. */
  public static Variants brightness(int most) {
    return new Table(
        "brightness",
        2 * most,
        i -> String.valueOf(step(i, most)),
        (i, value) -> Math.clamp(value + step(i, most), 0, 255));
  }

  private static int step(int i, int most) {
    return i < most ? i - most : i - most + 1;
  }

  /** 128 + (value - 128) * percent / 100, rounded half away from 128; clamped to 0..255. */
  public static Variants contrast(List<Integer> percents) {
    return new Table(
        "contrast",
        percents.size(),
        i -> String.valueOf(percents.get(i)),
        (i, value) -> {
          int scaled = Math.abs(value - 128) * percents.get(i);
          int rounded = (scaled + 50) / 100;
          return Math.clamp(128 + (value < 128 ? -rounded : rounded), 0, 255);
        });
  }

  /** Positions come from elsewhere; channels stay together; -1 takes the fill. */
  private record Moved(
      String kind, Shape shape, List<String> names, IntFunction<IntUnaryOperator> maps, int fill)
      implements Variants {
    @Override
    public int count() {
      return names.size();
    }

    @Override
    public String name(int i) {
      return names.get(i);
    }

    @Override
    public void write(byte[] image, int i, byte[] out) {
      IntUnaryOperator map = maps.apply(i);
      int channels = shape.c();
      for (int p = 0; p < shape.positions(); p++) {
        int from = map.applyAsInt(p);
        for (int c = 0; c < channels; c++) {
          out[p * channels + c] = from < 0 ? (byte) fill : image[from * channels + c];
        }
      }
    }
  }

  /** A new value for each value. */
  private interface NewValue {
    int of(int variant, int value);
  }

  /** Every value is looked up in a table. */
  private record Table(String kind, int count, IntFunction<String> names, NewValue values)
      implements Variants {
    @Override
    public String name(int i) {
      return names.apply(i);
    }

    @Override
    public void write(byte[] image, int i, byte[] out) {
      byte[] table = new byte[256];
      for (int value = 0; value < table.length; value++) {
        table[value] = (byte) values.of(i, value);
      }
      for (int k = 0; k < image.length; k++) {
        out[k] = table[image[k] & 0xFF];
      }
    }
  }
}

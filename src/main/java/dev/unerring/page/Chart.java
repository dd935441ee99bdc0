// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A chart of lines as SVG within a page, with its numbers in words for those who do not see it.
 * Lines differ by colour, by dashes and by the name at their end.
 */
final class Chart {
  private static final double WIDTH = 460;
  private static final double HEIGHT = 240;
  private static final double LEFT = 52;
  private static final double RIGHT = 104;
  private static final double TOP = 12;
  private static final double BOTTOM = 36;
  private static final int COLOURS = 6;

  /** A named line; NaN where there is no value. */
  record Line(String name, double[] x, double[] y) {}

  private final String title;
  private final String across;
  private final List<Line> lines = new ArrayList<>();
  private boolean logarithmic;
  private double low;
  private double high;
  private double from;
  private double to;

  /**
   * An empty chart.
   *
   * @param across what the horizontal axis counts
   */
  Chart(String title, String across) {
    this.title = title;
    this.across = across;
  }

  /** Counts on a logarithmic scale; 0 stands below 1. */
  Chart logarithmic() {
    logarithmic = true;
    return this;
  }

  /** Adds a line. */
  Chart line(String name, double[] x, double[] y) {
    lines.add(new Line(name, x, y));
    return this;
  }

  /** Writes it, where there is anything to show. */
  void write(Html html) {
    if (!scale()) {
      return;
    }
    html.open("figure", "class", "chart");
    html.tag("figcaption", title);
    html.open("svg", "viewBox", "0 0 " + (int) WIDTH + " " + (int) HEIGHT, "role", "img");
    html.tag("title", description());
    grid(html);
    for (int i = 0; i < lines.size(); i++) {
      draw(html, lines.get(i), i);
    }
    html.close().close();
  }

  /** Ranges of both axes; false where no value is there. */
  private boolean scale() {
    low = Double.POSITIVE_INFINITY;
    high = Double.NEGATIVE_INFINITY;
    from = Double.POSITIVE_INFINITY;
    to = Double.NEGATIVE_INFINITY;
    for (Line line : lines) {
      for (int i = 0; i < line.x.length; i++) {
        if (Double.isFinite(line.y[i])) {
          low = Math.min(low, height(line.y[i]));
          high = Math.max(high, height(line.y[i]));
          from = Math.min(from, line.x[i]);
          to = Math.max(to, line.x[i]);
        }
      }
    }
    if (low > high) {
      return false;
    }
    if (logarithmic) {
      low = height(0);
      high = Math.ceil(Math.max(high, 1));
    } else {
      double step = step(high - low);
      low = Math.floor(low / step) * step;
      high = Math.ceil(high / step) * step;
      high = high == low ? low + step : high;
    }
    to = to == from ? from + 1 : to;
    return true;
  }

  /** A value on the scale of the chart. */
  private double height(double value) {
    return logarithmic ? (value < 1 ? -0.5 : StrictMath.log10(value)) : value;
  }

  /** 1, 2 or 5 times a power of ten: about five steps in a range. */
  private static double step(double range) {
    if (!(range > 0)) {
      return 1;
    }
    double power = StrictMath.pow(10, Math.floor(StrictMath.log10(range / 5)));
    double share = range / 5 / power;
    return (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1) * power;
  }

  private double px(double x) {
    return LEFT + (x - from) / (to - from) * (WIDTH - LEFT - RIGHT);
  }

  private double py(double y) {
    return TOP + (high - height(y)) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private void grid(Html html) {
    if (logarithmic) {
      tick(html, 0, "0");
      for (int power = 0; power <= high; power++) {
        tick(html, StrictMath.pow(10, power), String.valueOf((long) StrictMath.pow(10, power)));
      }
    } else {
      double step = step(high - low);
      for (int i = 0; i <= Math.round((high - low) / step); i++) {
        tick(html, low + i * step, brief(low + i * step));
      }
    }
    double step = Math.max(1, step(to - from));
    for (double x = Math.ceil(from / step) * step; x <= to; x += step) {
      label(html, px(x), HEIGHT - BOTTOM + 16, brief(x), "middle");
    }
    label(html, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, across, "middle");
  }

  private static String brief(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  private void tick(Html html, double y, String text) {
    double at = py(y);
    html.leaf(
        "line",
        "x1",
        number(LEFT),
        "x2",
        number(WIDTH - RIGHT),
        "y1",
        number(at),
        "y2",
        number(at),
        "class",
        "grid");
    label(html, LEFT - 6, at + 4, text, "end");
  }

  private static void label(Html html, double x, double y, String text, String anchor) {
    html.tag("text", text, "x", number(x), "y", number(y), "text-anchor", anchor);
  }

  private void draw(Html html, Line line, int place) {
    StringBuilder points = new StringBuilder();
    int last = -1;
    for (int i = 0; i < line.x.length; i++) {
      if (Double.isFinite(line.y[i])) {
        points.append(number(px(line.x[i]))).append(',').append(number(py(line.y[i]))).append(' ');
        last = i;
      }
    }
    if (last < 0) {
      return;
    }
    String colour = "line c" + place % COLOURS;
    html.leaf("polyline", "points", points.toString().trim(), "class", colour);
    html.leaf(
        "circle",
        "cx",
        number(px(line.x[last])),
        "cy",
        number(py(line.y[last])),
        "r",
        3,
        "class",
        "dot c" + place % COLOURS);
    double x = WIDTH - RIGHT + 22;
    double y = TOP + 14 + 18.0 * place;
    html.leaf(
        "line",
        "x1",
        number(x - 16),
        "x2",
        number(x - 2),
        "y1",
        number(y - 4),
        "y2",
        number(y - 4),
        "class",
        colour);
    label(html, x + 2, y, line.name, "start");
  }

  /** The lines by their first and last values. */
  private String description() {
    StringBuilder text = new StringBuilder(title);
    for (Line line : lines) {
      int first = -1;
      int last = -1;
      for (int i = 0; i < line.x.length; i++) {
        if (Double.isFinite(line.y[i])) {
          first = first < 0 ? i : first;
          last = i;
        }
      }
      if (first >= 0) {
        text.append("; ").append(line.name).append(' ').append(brief(line.y[first]));
        text.append(" at ").append(brief(line.x[first]));
        text.append(", ").append(brief(line.y[last]));
        text.append(" at ").append(brief(line.x[last]));
      }
    }
    return text.toString();
  }
}

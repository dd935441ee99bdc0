// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures of samples side by side, with captions, as one RGB PNG. The same tiles give the same
 * pixels everywhere, and the same bytes wherever the JDK brings the same zlib.
 */
public final class Montage {
  /** The largest enlargement. */
  public static final int MAX_SCALE = 64;

  private static final int MAX_PIXELS = 1 << 26;
  private static final int BACKGROUND = 0x202020;
  private static final int TEXT = 0xE8E8E8;
  private static final int FRAME = 2;
  private static final int GAP = 4;
  private static final int LEADING = 2;
  private static final int CAPTION_COLUMNS = 12;

  /**
   * One picture.
   *
   * @param image shape of one image, 1 or 3 channels; of a 3D image the three middle slices are
   *     shown from left to right: across the depth (h x w), the height (d x w), the width (d x h)
   * @param pixels uint8 in NDHWC order
   * @param caption printable ASCII, wrapped to the width of a tile; may be empty
   * @param frame colour 0xRRGGBB around the picture, or -1 for none
   */
  public record Tile(Shape image, MemorySegment pixels, String caption, int frame) {
    /** Checks that pixels and shape fit together. */
    public Tile {
      if (pixels.byteSize() != image.imageElements() || image.c() != 1 && image.c() != 3) {
        throw new IllegalArgumentException(
            pixels.byteSize() + " bytes are not one grey or RGB image of " + image);
      }
    }
  }

  /** A flat picture within a tile: height, width, and where the pixel (y, x) starts. */
  private record Slice(int height, int width, int first, int rowStep, int columnStep) {}

  private final List<Tile> tiles;
  private final int columns;
  private final int scale;
  private final int cellWidth;
  private final List<List<String>> captions = new ArrayList<>();

  private Montage(List<Tile> tiles, int columns, int scale) {
    this.tiles = tiles;
    this.columns = Math.min(columns, tiles.size());
    this.scale = scale;
    int widest = CAPTION_COLUMNS * Glyphs.ADVANCE;
    for (Tile tile : tiles) {
      widest = Math.max(widest, pictureWidth(tile) + 2 * FRAME);
    }
    this.cellWidth = widest;
    for (Tile tile : tiles) {
      captions.add(wrapped(tile.caption(), cellWidth / Glyphs.ADVANCE));
    }
  }

  /**
   * Writes an RGB PNG, tiles row by row.
   *
   * @param columns tiles in a row
   * @param scale pixels are enlarged to squares of this side, 1 to {@link #MAX_SCALE}
   * @throws UsageException when there is no tile, or columns or scale make no picture
   * @throws DataException when the file cannot be written
   */
  public static void write(Path png, List<Tile> tiles, int columns, int scale) {
    if (tiles.isEmpty()) {
      throw new UsageException(png + ": no image to show; choose at least one");
    }
    if (columns < 1 || scale < 1 || scale > MAX_SCALE) {
      throw new UsageException(
          "a montage has at least 1 column and a scale of 1 to "
              + MAX_SCALE
              + ", not "
              + columns
              + " and "
              + scale);
    }
    new Montage(List.copyOf(tiles), columns, scale).draw(png).write(png);
  }

  private Canvas draw(Path png) {
    int rows = (tiles.size() + columns - 1) / columns;
    int[] tops = new int[rows + 1];
    tops[0] = GAP;
    for (int row = 0; row < rows; row++) {
      int height = 0;
      for (int i = row * columns; i < Math.min((row + 1) * columns, tiles.size()); i++) {
        height = Math.max(height, cellHeight(i));
      }
      tops[row + 1] = Math.addExact(tops[row], height + GAP);
    }
    long width = GAP + (long) columns * (cellWidth + GAP);
    if (width * tops[rows] > MAX_PIXELS) {
      throw new UsageException(
          png
              + ": a montage of "
              + tops[rows]
              + " x "
              + width
              + " pixels is too large (at most "
              + MAX_PIXELS
              + " in all); show fewer images or a smaller scale");
    }
    Canvas canvas = new Canvas(tops[rows], (int) width);
    canvas.fill(0, 0, tops[rows], (int) width, BACKGROUND);
    for (int i = 0; i < tiles.size(); i++) {
      drawTile(canvas, i, tops[i / columns], GAP + i % columns * (cellWidth + GAP));
    }
    return canvas;
  }

  private void drawTile(Canvas canvas, int index, int top, int left) {
    Tile tile = tiles.get(index);
    int height = pictureHeight(tile);
    if (tile.frame() >= 0) {
      canvas.fill(top, left, height + 2 * FRAME, pictureWidth(tile) + 2 * FRAME, tile.frame());
    }
    int x = left + FRAME;
    for (Slice slice : slices(tile.image())) {
      drawSlice(canvas, tile, slice, top + FRAME, x);
      x += slice.width() * scale;
    }
    int y = top + height + 2 * FRAME + LEADING;
    for (String line : captions.get(index)) {
      canvas.text(y, left, line, TEXT);
      y += Glyphs.ROWS + LEADING;
    }
  }

  private void drawSlice(Canvas canvas, Tile tile, Slice slice, int top, int left) {
    int green = tile.image().c() == 3 ? 1 : 0;
    for (int y = 0; y < slice.height(); y++) {
      for (int x = 0; x < slice.width(); x++) {
        long at = slice.first() + y * slice.rowStep() + x * slice.columnStep();
        int colour =
            value(tile, at) << 16 | value(tile, at + green) << 8 | value(tile, at + 2 * green);
        canvas.fill(top + y * scale, left + x * scale, scale, scale, colour);
      }
    }
  }

  private static int value(Tile tile, long at) {
    return tile.pixels().get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  private static List<Slice> slices(Shape s) {
    int column = s.c();
    int row = s.w() * column;
    int plane = s.h() * row;
    Slice acrossDepth = new Slice(s.h(), s.w(), s.d() / 2 * plane, row, column);
    return s.d() == 1
        ? List.of(acrossDepth)
        : List.of(
            acrossDepth,
            new Slice(s.d(), s.w(), s.h() / 2 * row, plane, column),
            new Slice(s.d(), s.h(), s.w() / 2 * column, plane, row));
  }

  private int pictureWidth(Tile tile) {
    return slices(tile.image()).stream().mapToInt(Slice::width).sum() * scale;
  }

  private int pictureHeight(Tile tile) {
    return slices(tile.image()).stream().mapToInt(Slice::height).max().orElseThrow() * scale;
  }

  private int cellHeight(int index) {
    int lines = captions.get(index).size() * (Glyphs.ROWS + LEADING);
    return pictureHeight(tiles.get(index)) + 2 * FRAME + (lines == 0 ? 0 : LEADING + lines);
  }

  /** Lines of at most {@code most} characters, broken at spaces where there are some. */
  private static List<String> wrapped(String caption, int most) {
    List<String> lines = new ArrayList<>();
    String rest = caption.strip();
    while (rest.length() > most) {
      int space = rest.lastIndexOf(' ', most);
      int end = space > 0 ? space : most;
      lines.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end).stripLeading();
    }
    if (!rest.isEmpty()) {
      lines.add(rest);
    }
    return lines;
  }
}

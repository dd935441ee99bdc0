// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The rows of a PNG file: inflated, filters undone, one at a time. */
final class PngRows implements AutoCloseable {
  /** First row, first column, distance of rows, distance of columns of each pass of Adam7. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
  };

  private static final int[][] WHOLE = {{0, 0, 1, 1}};

  /** What is wrong with the data. */
  static final class DamageException extends Exception {
    private static final long serialVersionUID = 1;

    private DamageException(String reason) {
      super(reason);
    }
  }

  /** Takes one row. */
  interface Sink {
    /**
     * A row, or the part of it that a pass holds.
     *
     * @param y row of the picture
     * @param x column of its first pixel
     * @param step distance of its pixels
     * @param width number of its pixels
     * @param row its bytes, packed as in the file
     */
    void row(int y, int x, int step, int width, byte[] row);
  }

  private final PngHeader header;
  private final Iterator<ByteBuffer> data;
  private final Inflater inflater = new Inflater();

  PngRows(PngHeader header, List<ByteBuffer> data) {
    this.header = header;
    this.data = data.iterator();
  }

  /** Hands on all rows in the order of the file. */
  void read(Sink sink) throws DamageException {
    for (int[] pass : header.interlaced() ? ADAM7 : WHOLE) {
      int width = (header.width() - pass[1] + pass[3] - 1) / pass[3];
      if (width > 0) {
        pass(pass, width, sink);
      }
    }
    byte[] more = new byte[1];
    if (inflate(more, 0, 1) == 0 && !inflater.finished()) {
      throw new DamageException("its pixels have no end");
    }
  }

  private void pass(int[] pass, int width, Sink sink) throws DamageException {
    int rowBytes = (int) (((long) width * header.pixelBits() + 7) / 8);
    byte[] filter = new byte[1];
    byte[] above = new byte[rowBytes];
    byte[] row = new byte[rowBytes];
    for (int y = pass[0]; y < header.height(); y += pass[2]) {
      fill(filter);
      fill(row);
      undo(filter[0], row, above);
      sink.row(y, pass[1], pass[3], width, row);
      byte[] done = row;
      row = above;
      above = done;
    }
  }

  private void fill(byte[] bytes) throws DamageException {
    if (inflate(bytes, 0, bytes.length) < bytes.length) {
      throw new DamageException("its pixels end too early");
    }
  }

  /** Bytes that could be had, {@code length} at most. */
  private int inflate(byte[] bytes, int start, int length) throws DamageException {
    int done = 0;
    try {
      while (done < length) {
        int some = inflater.inflate(bytes, start + done, length - done);
        done += some;
        if (some == 0) {
          if (inflater.finished() || inflater.needsDictionary() || !data.hasNext()) {
            return done;
          }
          inflater.setInput(data.next());
        }
      }
      return done;
    } catch (DataFormatException e) {
      throw new DamageException(
          "its pixels cannot be unpacked" + (e.getMessage() == null ? "" : ": " + e.getMessage()));
    }
  }

  private void undo(int filter, byte[] row, byte[] above) throws DamageException {
    int pixel = Math.max(1, header.pixelBits() / 8);
    if (filter < 0 || filter > 4) {
      throw new DamageException("a row has filter " + (filter & 0xFF));
    }
    for (int i = 0; filter != 0 && i < row.length; i++) {
      int left = i < pixel ? 0 : row[i - pixel] & 0xFF;
      int up = above[i] & 0xFF;
      int corner = i < pixel ? 0 : above[i - pixel] & 0xFF;
      row[i] +=
          (byte)
              switch (filter) {
                case 1 -> left;
                case 2 -> up;
                case 3 -> left + up >> 1;
                default -> paeth(left, up, corner);
              };
    }
  }

  private static int paeth(int left, int up, int corner) {
    int toLeft = Math.abs(up - corner);
    int toUp = Math.abs(left - corner);
    int toCorner = Math.abs(left + up - 2 * corner);
    return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
  }

  @Override
  public void close() {
    inflater.close();
  }
}

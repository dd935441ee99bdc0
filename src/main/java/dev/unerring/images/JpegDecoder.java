// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.data.ImageRemark;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * A baseline or progressive JPEG as 8-bit grey or RGB. The markers are walked here: size and colour
 * model are checked first, the EXIF orientation is taken, and profiles, texts and thumbnails are
 * left out before the JDK's reader sees the file. YCbCr becomes RGB in the integers of JFIF as
 * libjpeg has them; colour profiles are not applied.
 */
final class JpegDecoder implements PictureFile {
  private static final int SOF0 = 0xC0;
  private static final int SOF2 = 0xC2;
  private static final int SOS = 0xDA;
  private static final int EOI = 0xD9;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int COM = 0xFE;

  private final Path file;
  private final byte[] bytes;
  private final ByteArrayOutputStream kept;
  private int components;
  private long samples;
  private boolean jfif;
  private boolean rgbNames;
  private int adobeTransform = -1;
  private int orientation = 1;

  JpegDecoder(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    this.kept = new ByteArrayOutputStream(bytes.length);
    walkMarkers();
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public Set<ImageRemark> remarks() {
    return orientation == 1 ? Set.of() : Set.of(ImageRemark.TURNED);
  }

  @Override
  public Picture decode() {
    Raster raster = JdkReader.jpeg(file, kept.toByteArray());
    if (raster.getNumBands() != components) {
      throw refusal("its " + components + " components were read as " + raster.getNumBands());
    }
    int width = raster.getWidth();
    byte[] pixels = new byte[Math.multiplyExact(raster.getHeight() * width, components)];
    byte[] row = new byte[width * components];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getDataElements(0, y, width, 1, row);
      if (components == 3 && !storedAsRgb()) {
        toRgb(row);
      }
      System.arraycopy(row, 0, pixels, y * row.length, row.length);
    }
    return new Picture(raster.getHeight(), width, components, pixels).oriented(orientation);
  }

  /** As libjpeg decides it: JFIF, then Adobe's marker, then the names of the components. */
  private boolean storedAsRgb() {
    return !jfif && (adobeTransform >= 0 ? adobeTransform == 0 : rgbNames);
  }

  private static void toRgb(byte[] row) {
    for (int i = 0; i < row.length; i += 3) {
      int y = row[i] & 0xFF;
      int cb = (row[i + 1] & 0xFF) - 128;
      int cr = (row[i + 2] & 0xFF) - 128;
      row[i] = clamped(y + (91881 * cr + 32768 >> 16));
      row[i + 1] = clamped(y + (-22554 * cb - 46802 * cr + 32768 >> 16));
      row[i + 2] = clamped(y + (116130 * cb + 32768 >> 16));
    }
  }

  private static byte clamped(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  /** Keeps what the picture needs; from the first scan on the file is taken as it is. */
  private void walkMarkers() {
    kept.write(bytes, 0, 2);
    int at = 2;
    while (true) {
      while (at + 1 < bytes.length && bytes[at] == (byte) 0xFF && bytes[at + 1] == (byte) 0xFF) {
        at++; // fill bytes
      }
      if (at + 4 > bytes.length) {
        throw refusal("it is cut off after " + bytes.length + " bytes");
      }
      if (bytes[at] != (byte) 0xFF) {
        throw refusal("no marker stands at byte " + at);
      }
      int marker = bytes[at + 1] & 0xFF;
      int length = u16(at + 2);
      if (marker == EOI || length < 2) {
        throw refusal("it holds no picture");
      }
      if (marker == SOS) {
        if (components == 0) {
          throw refusal("the header of the picture is missing");
        }
        kept.write(bytes, at, bytes.length - at);
        return;
      }
      if (length > bytes.length - at - 2) {
        throw refusal("it is cut off after " + bytes.length + " bytes");
      }
      segment(marker, at + 4, length - 2);
      boolean application = marker >= APP0 && marker <= 0xEF && marker != APP14 || marker == COM;
      if (!application || marker == APP0 && starts(at + 4, length - 2, "JFIF\0")) {
        kept.write(bytes, at, length + 2);
      }
      at += length + 2;
    }
  }

  private void segment(int marker, int start, int length) {
    if (marker == APP0) {
      jfif |= starts(start, length, "JFIF\0");
    } else if (marker == APP1 && starts(start, length, "Exif\0\0")) {
      orientation = ExifOrientation.of(bytes, start + 6, start + length);
    } else if (marker == APP14 && length >= 12 && starts(start, length, "Adobe")) {
      adobeTransform = bytes[start + 11] & 0xFF;
    } else if (marker >= SOF0 && marker <= 0xCF && marker % 4 != 0 || marker == SOF0) {
      frame(marker, start, length);
    }
  }

  private void frame(int marker, int start, int length) {
    if (components != 0) {
      throw refusal("it holds two pictures in one");
    }
    if (marker > SOF2) {
      throw unsupported("lossless, hierarchical or arithmetic-coded JPEG");
    }
    int count = length < 6 ? 0 : bytes[start + 5] & 0xFF;
    if (count == 0 || length < 6 + 3 * count) {
      throw refusal("the header of the picture is too short");
    }
    if (bytes[start] != 8) {
      throw unsupported("JPEG of " + bytes[start] + " bits a sample");
    }
    if (count != 1 && count != 3) {
      throw unsupported("JPEG of " + count + " colour components (CMYK or YCCK)");
    }
    int height = u16(start + 1);
    int width = u16(start + 3);
    if (height == 0 || width == 0) {
      throw refusal("it says to have " + height + " x " + width + " pixels");
    }
    ImageSize.check(file, height, width);
    components = count;
    samples = (long) height * width * count;
    rgbNames =
        count == 3
            && bytes[start + 6] == 'R'
            && bytes[start + 9] == 'G'
            && bytes[start + 12] == 'B';
  }

  private boolean starts(int start, int length, String word) {
    byte[] wanted = word.getBytes(StandardCharsets.US_ASCII);
    return length >= wanted.length
        && Arrays.equals(bytes, start, start + wanted.length, wanted, 0, wanted.length);
  }

  private int u16(int at) {
    return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
  }

  private DataException refusal(String reason) {
    return new DataException(file + ": damaged JPEG: " + reason + "; write it again");
  }

  private DataException unsupported(String what) {
    return new DataException(
        file + ": a " + what + " is not read; save it as a PNG or as an RGB or grey JPEG");
  }
}

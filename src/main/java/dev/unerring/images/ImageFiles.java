// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.DeviceException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Sizes;
import dev.unerring.data.Fit;
import dev.unerring.data.ImageRemark;
import dev.unerring.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * Reads PNG and JPEG files as 8-bit samples; {@code docs/own-images.md} states every rule. The
 * content of a file, not its name, says what it is. Colour profiles and gamma are not applied: the
 * samples are those of the file.
 */
public final class ImageFiles {
  /** The most pixels that one picture may have. */
  public static final int MAX_PIXELS = 1 << 26;

  /** The most bytes that one file may have. */
  public static final int MAX_FILE_BYTES = 1 << 28;

  private static final int HEAD = 352;
  private static final int COPIES = 3; // decoded, turned or cut, resized

  private ImageFiles() {}

  /**
   * An image of a wanted shape, and what a user should know of it.
   *
   * @param samples uint8 in HWC order
   */
  public record Image(byte[] samples, Set<ImageRemark> remarks) {}

  /**
   * Decodes one PNG or JPEG and resizes it to the shape.
   *
   * @param image h, w and c = 1 or 3 count (d = 1); n is ignored
   * @param fit the rule for another aspect ratio; NONE refuses any other size
   * @return uint8 in HWC order
   * @throws DataException that names file and reason when it is missing, of another type, damaged,
   *     cut off, too large or of a colour model that is not read
   */
  public static byte[] read(Path file, Shape image, Fit fit) {
    return image(file, image, fit).samples();
  }

  /** The same, with what a user should know of the image. */
  public static Image image(Path file, Shape image, Fit fit) {
    requirePicture(file, image);
    return image(file, bytes(file), image, fit);
  }

  /**
   * The samples of the bytes of a file.
   *
   * @param name of the image, for messages
   * @throws DataException as {@link #read(Path, Shape, Fit)}
   */
  public static byte[] read(Path name, byte[] bytes, Shape image, Fit fit) {
    requirePicture(name, image);
    if (bytes.length > MAX_FILE_BYTES) {
      throw new DataException(
          name + ": it has " + bytes.length + " bytes, read are at most " + MAX_FILE_BYTES);
    }
    return image(name, bytes, image, fit).samples();
  }

  /**
   * The samples of a picture in memory, without colour management.
   *
   * @throws DataException where it has another colour model than grey, RGB or a palette, with 8 or
   *     16 bits a sample, with or without transparency
   */
  public static byte[] read(Path name, BufferedImage picture, Shape image, Fit fit) {
    requirePicture(name, image);
    ImageSize.check(name, picture.getHeight(), picture.getWidth());
    return fitted(name, BufferedPicture.of(name, picture), image, fit);
  }

  private static void requirePicture(Path file, Shape image) {
    if (image.d() != 1 || image.c() != 1 && image.c() != 3) {
      throw new DataException(
          file
              + ": a picture has depth 1 and 1 or 3 channels, the images wanted are "
              + image.d()
              + " x "
              + image.h()
              + " x "
              + image.w()
              + " with "
              + image.c()
              + "; pack volumes as an npz file");
    }
  }

  private static Image image(Path file, byte[] bytes, Shape image, Fit fit) {
    PictureFile opened = open(file, bytes);
    Picture picture = decode(file, opened);
    return new Image(fitted(file, picture, image, fit), remarks(opened, picture, image, fit));
  }

  /** What a user should know of a picture that becomes an image of a shape. */
  static Set<ImageRemark> remarks(PictureFile file, Picture picture, Shape image, Fit fit) {
    Set<ImageRemark> remarks = EnumSet.noneOf(ImageRemark.class);
    remarks.addAll(file.remarks());
    if (picture.isBelow(ImageRemark.NEAR_BLACK)) {
      boolean wide = remarks.contains(ImageRemark.SIXTEEN_BITS);
      remarks.add(wide ? ImageRemark.DARK : ImageRemark.NEARLY_BLACK);
    }
    if (picture.isGrey() != (image.c() == 1)) {
      remarks.add(image.c() == 1 ? ImageRemark.COLOUR_LOST : ImageRemark.COLOUR_MADE);
    }
    if (2 * picture.height() < image.h() || 2 * picture.width() < image.w()) {
      remarks.add(ImageRemark.ENLARGED);
    }
    long wide = (long) picture.width() * image.h();
    long high = (long) picture.height() * image.w();
    if (fit == Fit.CROP && 2 * Math.min(wide, high) < Math.max(wide, high)) {
      remarks.add(ImageRemark.CUT);
    }
    return remarks;
  }

  /** A decoded picture in the wanted shape. */
  static byte[] fitted(Path file, Picture picture, Shape image, Fit fit) {
    if (fit == Fit.NONE && (picture.height() != image.h() || picture.width() != image.w())) {
      throw new DataException(
          file
              + ": it has "
              + picture.height()
              + " x "
              + picture.width()
              + " pixels, not "
              + image.h()
              + " x "
              + image.w()
              + "; give all images one size, or let them be resized");
    }
    return Resizer.resize(picture.withChannels(image.c()), image.h(), image.w(), fit).samples();
  }

  /** Bytes of a file, at most {@link #MAX_FILE_BYTES}. */
  static long size(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new DataException(file + ": this is not a regular file; name an image file");
      }
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw new DataException(
            file
                + ": it has "
                + size
                + " bytes, an image file may have "
                + MAX_FILE_BYTES
                + "; scale it down first");
      }
      return size;
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  /** The content of a file of at most {@link #MAX_FILE_BYTES}. */
  static byte[] bytes(Path file) {
    long size = size(file);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    } catch (OutOfMemoryError e) {
      throw noMemory(file, "reading its " + size + " bytes", size, e);
    }
  }

  /** The picture in the bytes of a file, whose name serves messages only. */
  static Picture decode(Path file, byte[] bytes) {
    return decode(file, open(file, bytes));
  }

  /** Reads and checks all but the pixels. */
  static PictureFile open(Path file, byte[] bytes) {
    return switch (kind(bytes)) {
      case "PNG" -> new PngDecoder(file, bytes);
      case "JPEG" -> new JpegDecoder(file, bytes);
      case "" ->
          throw new DataException(
              file
                  + (bytes.length == 0
                      ? ": the file is empty"
                      : ": this is neither a PNG nor a JPEG file")
                  + "; save it as one of them again");
      default ->
          throw new DataException(
              file
                  + ": this is a "
                  + kind(bytes)
                  + " file, read are PNG and JPEG; convert it first (docs/own-images.md)");
    };
  }

  /** The picture of a file, or what to do where the heap has no room for it. */
  static Picture decode(Path file, PictureFile opened) {
    try {
      return opened.decode();
    } catch (NoClassDefFoundError e) {
      throw new DeviceException(
          "java.desktop",
          file
              + ": this Java runtime lacks the module java.desktop, which reads JPEG; add it with"
              + " --add-modules java.desktop, or save the image as a PNG",
          e);
    } catch (OutOfMemoryError e) {
      String what = "decoding its " + opened.samples() + " samples";
      throw noMemory(file, what, heapBytes(opened), e);
    }
  }

  /** Bytes of heap that decoding and resizing may take, besides those of the file. */
  static long heapBytes(PictureFile opened) {
    return COPIES * opened.samples();
  }

  private static DataException noMemory(Path file, String what, long bytes, OutOfMemoryError e) {
    long heap = Runtime.getRuntime().maxMemory();
    return new DataException(
        file
            + ": "
            + what
            + " takes up to "
            + Sizes.text(bytes)
            + " of memory, the Java heap has "
            + Sizes.text(heap)
            + "; the file may be sound: allow more (JAVA_TOOL_OPTIONS=-Xmx"
            + ((heap + 2 * bytes >> 20) + 1)
            + "m), or scale the image down",
        e);
  }

  /** What the first bytes say; empty when it is none that is known. */
  private static String kind(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(bytes.length, HEAD), StandardCharsets.ISO_8859_1);
    if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
      return "PNG";
    }
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      return "JPEG";
    }
    if (head.startsWith("DICM", 128)) {
      return "DICOM";
    }
    if (head.startsWith("n+1\0", 344) || head.startsWith("ni1\0", 344)) {
      return "NIfTI";
    }
    if (head.startsWith("\u001f\u008b")) {
      return "gzip";
    }
    if (head.startsWith("GIF8")) {
      return "GIF";
    }
    if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      return "TIFF";
    }
    if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return "WebP";
    }
    return head.startsWith("BM") && bytes.length > 26 ? "BMP" : "";
  }
}

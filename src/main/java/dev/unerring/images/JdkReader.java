// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The JPEG reader of the JDK (never that of another library on the class path, whose pixels could
 * differ), fed from memory, without a cache on disk. A reader's warning is a refusal: it means that
 * data are missing and were made up.
 */
final class JdkReader {
  private JdkReader() {}

  /** The samples of a JPEG as they are stored: grey, YCbCr or RGB. */
  static Raster jpeg(Path file, byte[] bytes) {
    ImageReader reader = reader("jpeg");
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
    String reason;
    Exception cause = null;
    try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(input, true, true);
      Raster result = reader.readRaster(0, null);
      if (warnings.isEmpty()) {
        return result;
      }
      reason = warnings.getFirst();
    } catch (IOException | RuntimeException e) { // the reader throws both for damaged files
      requireMemory(e);
      reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      cause = e;
    } finally {
      reader.dispose();
    }
    throw new DataException(file + ": damaged JPEG: " + reason + "; write it again", cause);
  }

  /** A lack of memory is not a damaged file, however the reader words it. */
  private static void requireMemory(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError error) {
        throw error;
      }
    }
  }

  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (ImageIO.class.getModule().equals(reader.getClass().getModule())) {
        return reader;
      }
    }
    throw new IllegalStateException("this Java runtime has no reader for " + format);
  }
}

package dev.unerring.images;

import dev.unerring.base.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The readers of the JDK (never those of another library on the class path, whose pixels could
 * differ), fed from memory, without a cache on disk. A reader's warning is a refusal: it means that
 * data are missing and were made up.
 */
final class JdkReader {
  private JdkReader() {}

  /** What is read from a reader that has its input. */
  private interface Reading<T> {
    T from(ImageReader reader) throws IOException;
  }

  /** The picture as the PNG reader gives it; its raster holds the samples of the file. */
  static BufferedImage png(Path file, byte[] bytes) {
    return read("png", file, bytes, reader -> reader.read(0));
  }

  /** The samples of a JPEG as they are stored: grey, YCbCr or RGB. */
  static Raster jpeg(Path file, byte[] bytes) {
    return read("jpeg", file, bytes, reader -> reader.readRaster(0, null));
  }

  private static <T> T read(String format, Path file, byte[] bytes, Reading<T> reading) {
    ImageReader reader = reader(format);
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
    String reason;
    Exception cause = null;
    try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(input, true, true);
      T result = reading.from(reader);
      if (warnings.isEmpty()) {
        return result;
      }
      reason = warnings.getFirst();
    } catch (IOException | RuntimeException e) { // the readers throw both for damaged files
      reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      cause = e;
    } finally {
      reader.dispose();
    }
    throw new DataException(
        file + ": damaged " + format.toUpperCase(Locale.ROOT) + ": " + reason + "; write it again",
        cause);
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

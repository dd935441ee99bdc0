// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.DiskSpace;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * The pixels of decoded images in a file beside the output, so that a set of any size needs no
 * memory. Nothing is left, however the program ends. Any thread may write and read.
 */
final class PixelFile implements AutoCloseable {
  private final Path output;
  private final RandomAccessFile content;
  private final int pixels;
  private DataException unwritable;

  /**
   * An empty file.
   *
   * @param output the npz file that is made of it
   * @param pixels of one image
   */
  PixelFile(Path output, int pixels) {
    this.output = output;
    this.pixels = pixels;
    try {
      this.content = DiskSpace.nameless(output.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Appends the samples of an image and gives their place. */
  synchronized long write(byte[] samples) {
    try {
      long place = content.length();
      content.seek(place);
      content.write(samples);
      return place;
    } catch (IOException e) {
      unwritable = failure(e);
      throw unwritable;
    }
  }

  /**
   * Tells a full disk from a picture that cannot be used.
   *
   * @throws DataException where an image could not be written
   */
  synchronized void checkWritten() {
    if (unwritable != null) {
      throw unwritable;
    }
  }

  /** The samples of an image with 1 or 3 channels. */
  synchronized byte[] read(LoadedImage image, int channels) {
    byte[] samples = new byte[pixels * image.channels()];
    try {
      content.seek(image.place());
      content.readFully(samples);
    } catch (IOException e) {
      throw failure(e);
    }
    return new Picture(pixels, 1, image.channels(), samples).withChannels(channels).samples();
  }

  private DataException failure(IOException e) {
    return new DataException(
        output
            + ": the pixels cannot be kept in its folder: "
            + IoReason.of(e)
            + "; free some space, or name another output",
        e);
  }

  @Override
  public void close() {
    try {
      content.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}

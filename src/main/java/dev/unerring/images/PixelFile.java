package dev.unerring.images;

import dev.unerring.base.DataException;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pixels of decoded images in a file beside the output, so that a set of any size needs no
 * memory. The file is deleted while it is open: nothing is left, however the program ends. Any
 * thread may write and read.
 */
final class PixelFile implements AutoCloseable {
  private final Path output;
  private final FileChannel channel;
  private final int pixels;
  private final AtomicLong end = new AtomicLong();

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
      Path file =
          Files.createTempFile(output.toAbsolutePath().getParent(), ".unerring-pixels-", null);
      this.channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      Files.deleteIfExists(file); // where that does not happen at once
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Appends the samples of an image and gives their place. */
  long write(byte[] samples) {
    long place = end.getAndAdd(samples.length);
    try {
      ByteBuffer left = ByteBuffer.wrap(samples);
      while (left.hasRemaining()) {
        channel.write(left, place + left.position());
      }
      return place;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The samples of an image with 1 or 3 channels. */
  byte[] read(LoadedImage image, int channels) {
    ByteBuffer samples = ByteBuffer.allocate(pixels * image.channels());
    try {
      while (samples.hasRemaining()) {
        if (channel.read(samples, image.place() + samples.position()) < 0) {
          throw new IllegalStateException("the file of pixels ends too early");
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
    return new Picture(pixels, 1, image.channels(), samples.array())
        .withChannels(channels)
        .samples();
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
      channel.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}

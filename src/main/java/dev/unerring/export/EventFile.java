// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.DoubleSupplier;
import java.util.zip.CRC32C;

/**
 * A file of events as TensorBoard reads it: records (length, masked CRC-32C of it, bytes, masked
 * CRC-32C of them), each a message Event of tensorflow/core/util/event.proto.
 */
public final class EventFile implements AutoCloseable {
  private static final int MASK = 0xA282EAD8;
  private static final int STRING = 7;
  private static final int GREY = 1;
  private static final int RGB = 3;

  private final OutputStream out;
  private final DoubleSupplier clock;

  /**
   * Opens a new file in a folder.
   *
   * @param clock seconds since 1970
   * @param process number of this process, part of the name
   */
  public EventFile(Path folder, DoubleSupplier clock, long process) throws IOException {
    Files.createDirectories(folder);
    this.clock = clock;
    String stem = "events.out.tfevents." + (long) clock.getAsDouble() + ".unerring." + process;
    Path file = folder.resolve(stem);
    for (int number = 2; Files.exists(file); number++) {
      file = folder.resolve(stem + "." + number);
    }
    out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    write(new Protobuf().text(3, "brain.Event:2"), 0);
  }

  /** Says that what an earlier file holds from this step on was given up. */
  public void restart(long step) throws IOException {
    write(new Protobuf().message(7, new Protobuf().integer(1, 1)), step);
  }

  /** A number at a step; one that is not finite is left out. */
  public void scalar(String tag, double value, long step) throws IOException {
    if (Double.isFinite(value)) {
      summary(new Protobuf().text(1, tag).float32(2, (float) value), step);
    }
  }

  /** A text, as Markdown. */
  public void text(String tag, String text, long step) throws IOException {
    Protobuf tensor =
        new Protobuf()
            .integer(1, STRING)
            .message(2, new Protobuf().message(2, new Protobuf().integer(1, 1)))
            .bytes(8, text.getBytes(StandardCharsets.UTF_8));
    Protobuf plugin = new Protobuf().message(1, new Protobuf().text(1, "text"));
    summary(new Protobuf().text(1, tag).message(9, plugin).message(8, tensor), step);
  }

  /**
   * A picture as PNG.
   *
   * @param channels 1 or 3
   */
  public void image(String tag, int width, int height, int channels, byte[] png, long step)
      throws IOException {
    Protobuf image =
        new Protobuf()
            .integer(1, height)
            .integer(2, width)
            .integer(3, channels == 1 ? GREY : RGB)
            .bytes(4, png);
    summary(new Protobuf().text(1, tag).message(4, image), step);
  }

  private void summary(Protobuf value, long step) throws IOException {
    write(new Protobuf().message(5, new Protobuf().message(1, value)), step);
  }

  private void write(Protobuf what, long step) throws IOException {
    byte[] event =
        new Protobuf().float64(1, clock.getAsDouble()).integer(2, step).append(what).toBytes();
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + event.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(event.length);
    record.putInt(masked(record.array(), Long.BYTES));
    record.put(event).putInt(masked(event, event.length));
    out.write(record.array());
  }

  private static int masked(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    int crc = (int) sum.getValue();
    return Integer.rotateRight(crc, 15) + MASK;
  }

  /** Hands what was written to the system. */
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.export.Python;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.EpochRow;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events for TensorBoard: whole after every epoch, read by its own reader, never in the way. */
class TensorBoardTest {
  private static final String READER =
      """
      import sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator(sys.argv[1], size_guidance={"images": 0, "tensors": 0})
      events.Reload()
      tags = events.Tags()
      for tag in sorted(tags["scalars"]):
          print(tag, *[(e.step, round(e.value, 4)) for e in events.Scalars(tag)])
      for tag in sorted(tags["images"]):
          print(tag, [(e.step, e.width, e.height, e.encoded_image_string[1:4]) for e in events.Images(tag)])
      for tag in sorted(tags["tensors"]):
          print(tag, events.Tensors(tag)[0].tensor_proto.string_val[0].decode()[:30])
      """;

  @TempDir private Path folder;
  private final List<String> notes = new ArrayList<>();

  private TensorBoard board(Path where) {
    return new TensorBoard(where, TrainingPlan.standard(), notes::add);
  }

  private static EpochRow row(int epoch) {
    return new EpochRow(epoch, 5L * epoch, 1.0 / epoch, 10 - epoch, 3, 0.75, Double.NaN, -1);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Number of records; fails where a length or a checksum is wrong. */
  private static int records(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    while (bytes.hasRemaining()) {
      int start = bytes.position();
      int length = Math.toIntExact(bytes.getLong());
      assertEquals(masked(bytes.array(), start, Long.BYTES), bytes.getInt());
      assertEquals(masked(bytes.array(), start + 12, length), bytes.getInt(start + 12 + length));
      bytes.position(start + 16 + length);
      count++;
    }
    return count;
  }

  private static int masked(byte[] bytes, int from, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, length);
    int crc = (int) sum.getValue();
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }

  @Test
  void theFileIsWholeAfterEveryEpoch() throws IOException {
    Path where = folder.resolve("run");
    try (TensorBoard board = board(where)) {
      board.epoch(row(1), 100);
      assertEquals(1 + 6, records(files(where).getFirst()), "the AUC is no number");
      board.epoch(row(2), 100);
      assertEquals(1 + 12, records(files(where).getFirst()));
    }
    try (TensorBoard anew = board(where)) {
      anew.epoch(row(1), 100);
    }
    assertEquals(1, files(where).size());
    assertEquals(1, files(folder.resolve("run-2")).size(), "another run has a folder of its own");
    try (TensorBoard goesOn = board(where)) {
      goesOn.epoch(row(2), 100);
    }
    assertEquals(2, files(where).size(), "a run that goes on has the same folder");
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidOnceAndStopsNothing() throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(file, "mine");
    try (TensorBoard board = board(file.resolve("run"))) {
      board.epoch(row(1), 100);
      board.epoch(row(2), 100);
    }
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(notes.getFirst().startsWith("note: no more events for TensorBoard"));
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void trainingWritesWhatTensorBoardReads() throws IOException {
    Path data = TestData.writeContrary(folder.resolve("set.npz"), 40, 2);
    Object[] words = {
      "train",
      "--data",
      data,
      "--out",
      folder.resolve("mine"),
      "--tensorboard",
      folder.resolve("boards"),
      "--no-progress",
      "--no-report",
      "--epochs",
      3,
      "--threads",
      2,
      "--device",
      TestBackends.kernels() ? "cpu" : "reference"
    };
    CommandRun trained = CommandRun.of(words);
    Path run = folder.resolve("boards").resolve("mine");
    assertTrue(trained.err().contains("TensorBoard: " + run), trained.err());
    assertTrue(records(files(run).getFirst()) > 3 * 6, "one file, whole");
    Python python = Python.with("tensorboard");
    Python.Ended read = python.code(READER, run.toString());
    assertEquals(0, read.code(), read.text());
    List<String> metrics = Files.readAllLines(folder.resolve("mine").resolve("metrics.csv"));
    String[] last = metrics.getLast().split(",");
    String errors = "(" + last[0] + ", " + last[3] + ".0)";
    assertTrue(read.text().contains("train/errors (1, "), read.text());
    assertTrue(read.text().contains(errors), read.text() + " without " + errors);
    assertTrue(read.text().contains("train/learning rate (1, 0.0005)"), read.text());
    assertTrue(read.text().contains("hardest/train["), read.text());
    assertTrue(read.text().contains("28, 28, b'PNG'"), read.text());
    assertTrue(read.text().contains("plan ```json"), read.text());
  }
}

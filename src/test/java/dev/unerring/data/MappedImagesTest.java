// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.StoppedException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images above the limit of memory are mapped: from a raw file, decoded once and checked, when the
 * npz is compressed, else from the npz. Readers see the same bytes and the same content hash.
 */
class MappedImagesTest {
  private static final int SIDE = 224;
  private static final int TRAIN = 24;

  @TempDir Path folder;
  private Path cache;
  private Path npz;
  private Dataset inMemory;
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());

  /** What a test's monitor does at each step. */
  private Consumer<String> onStep = work -> {};

  private boolean stopped;

  private final WorkMonitor monitor =
      new WorkMonitor() {
        @Override
        public void note(String text) {
          notes.add(text);
        }

        @Override
        public void progress(String work, long done, long total) {
          assertTrue(total < 0 || done <= total, work + " " + done + " of " + total);
          onStep.accept(work);
        }

        @Override
        public boolean stopped() {
          return stopped;
        }
      };

  @BeforeEach
  void write() {
    cache = folder.resolve("cache");
    npz = large("large.npz", true);
    inMemory = Dataset.open(npz, new ReadOptions(cache, Long.MAX_VALUE, f -> 0, monitor));
  }

  @Test
  void anInterruptedThreadStopsAndLeavesNothing() throws IOException {
    for (boolean deflated : new boolean[] {true, false}) {
      Path file = large(deflated + ".npz", deflated);
      List<String> works = new ArrayList<>();
      onStep =
          work -> {
            if (!works.contains(work)) { // the first step of each work
              works.add(work);
              Thread.currentThread().interrupt();
            }
          };
      int stops = 0;
      for (boolean opened = false; !opened; ) {
        try (Dataset data = Dataset.open(file, mapping())) {
          opened = true;
          onStep = work -> {};
          assertEquals(inMemory.contentSha256(), data.contentSha256());
        } catch (StoppedException e) {
          assertTrue(e.getMessage().startsWith("interrupted while "), e.getMessage());
          stops++;
        }
        boolean interrupted = Thread.interrupted();
        assertTrue(interrupted || opened, "the status is the caller's");
        assertFalse(Files.exists(raw().resolveSibling(raw().getFileName() + ".part")));
      }
      assertTrue(stops >= (deflated ? 3 : 1), works.toString());
    }
  }

  @Test
  void anInterruptedThreadReadsWhereNobodyWatches() {
    Thread.currentThread().interrupt();
    try (Dataset data = Dataset.open(npz)) {
      assertTrue(Thread.interrupted());
      assertEquals(inMemory.contentSha256(), data.contentSha256());
    }
  }

  private Path large(String name, boolean deflated) {
    NpzWriter writer = new NpzWriter(deflated);
    int first = 0;
    for (String split : DatasetReader.SPLITS) {
      int count = split.equals("train") ? TRAIN : 3;
      byte[] images = new byte[count * SIDE * SIDE];
      int[] labels = new int[count];
      for (int i = 0; i < images.length; i++) {
        images[i] = (byte) (i / 7 * (first + i / (SIDE * SIDE) + 3));
      }
      for (int i = 0; i < count; i++) {
        labels[i] = i % 3;
      }
      writer.addSplit(split, List.of(SIDE, SIDE), images, labels);
      first += count;
    }
    Path file = folder.resolve(name);
    writer.write(file);
    return file;
  }

  private ReadOptions mapping() {
    return new ReadOptions(cache, 1 << 16, f -> Long.MAX_VALUE, monitor);
  }

  private Path raw() {
    return new DecodedFile(mapping()).path(inMemory.sha256());
  }

  private void assertSame(Dataset data) {
    for (int i = 0; i < 3; i++) {
      MemorySegment images = data.splits().get(i).images();
      assertEquals(-1, inMemory.splits().get(i).images().mismatch(images));
      assertTrue(images.isReadOnly());
    }
    assertEquals(inMemory.contentSha256(), data.contentSha256());
    assertEquals(inMemory.sha256(), data.sha256());
    assertEquals(SIDE, data.imageShape().h());
    data.checkContent(WorkMonitor.SILENT);
  }

  @Test
  void compressedImagesAreDecodedOnceAndThenMapped() throws IOException {
    assertTrue(inMemory.mappedFile().isEmpty());
    assertFalse(Files.exists(cache));
    try (Dataset data = Dataset.open(npz, mapping())) {
      assertSame(data);
      assertEquals(raw(), data.mappedFile().orElseThrow());
    }
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(notes.getFirst().contains("1.5 MB, into " + raw()), notes.toString());
    assertTrue(notes.getFirst().contains("delete it whenever you like"));
    var made = Files.getLastModifiedTime(raw());
    try (Dataset data = Dataset.open(npz, mapping())) {
      assertSame(data);
    }
    assertEquals(made, Files.getLastModifiedTime(raw()), "decoded twice");
    assertEquals(1, notes.size(), notes.toString());
    assertEquals(List.of(raw().getFileName().toString()), names());
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(raw().getParent())) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(name -> !name.equals("decoding.lock"))
          .toList();
    }
  }

  @Test
  void imagesThatAreNotCompressedStayWhereTheyAre() {
    Path stored = large("stored.npz", false);
    try (Dataset data = Dataset.open(stored, mapping())) {
      assertEquals(stored, data.mappedFile().orElseThrow());
      assertEquals(inMemory.contentSha256(), data.contentSha256());
      assertEquals(-1, inMemory.test().images().mismatch(data.test().images()));
      data.checkContent(WorkMonitor.SILENT);
    }
    assertFalse(Files.exists(cache));
    assertTrue(notes.getFirst().contains("do not change it meanwhile"), notes.toString());
  }

  @Test
  void aDamagedStoredArrayIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(large("stored.npz", false));
    bytes[100_000] ^= 1;
    Path damaged = Files.write(folder.resolve("stored.npz"), bytes);
    DataException e = assertThrows(DataException.class, () -> Dataset.open(damaged, mapping()));
    assertTrue(e.getMessage().contains("CRC-32"), e.getMessage());
  }

  @Test
  void aHeaderWithAnyDamageOrAnotherSizeMakesTheFileAgain() throws IOException {
    Dataset.open(npz, mapping()).close();
    byte[] good = Files.readAllBytes(raw());
    for (int at : new int[] {0, 40, 110, 200, 400, DecodedHeader.BLOCK - 1}) {
      flip(at);
      assertMadeAgain(good);
    }
    try (FileChannel channel = FileChannel.open(raw(), StandardOpenOption.WRITE)) {
      channel.truncate(good.length - 1);
    }
    assertMadeAgain(good);
    Files.write(raw(), new byte[1], StandardOpenOption.APPEND);
    assertMadeAgain(good);
    Files.write(raw(), new byte[0]);
    assertMadeAgain(good);
  }

  private void flip(int at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(raw().toFile(), "rw")) {
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 1);
    }
  }

  private void assertMadeAgain(byte[] good) throws IOException {
    notes.clear();
    try (Dataset data = Dataset.open(npz, mapping())) {
      assertSame(data);
    }
    assertTrue(notes.getFirst().contains("is damaged or incomplete and is made again"));
    assertEquals(-1, MemorySegment.ofArray(good).mismatch(MemorySegment.ofArray(bytes())));
  }

  private byte[] bytes() throws IOException {
    return Files.readAllBytes(raw());
  }

  @Test
  void aDamagedPixelIsFoundByTheFullCheck() throws IOException {
    Dataset.open(npz, mapping()).close();
    flip(DecodedHeader.BLOCK + 12_345);
    try (Dataset data = Dataset.open(npz, mapping())) {
      DataException e =
          assertThrows(DataException.class, () -> data.checkContent(WorkMonitor.SILENT));
      assertTrue(e.getMessage().startsWith(raw() + ": the decoded images of "), e.getMessage());
      assertTrue(e.getMessage().contains("delete that file"), e.getMessage());
    }
  }

  @Test
  void anotherNpzUnderTheSameNameIsAnotherFile() throws IOException {
    Dataset.open(npz, mapping()).close();
    byte[] changed = Files.readAllBytes(npz);
    Path other = Files.write(npz, Forge.npz(Forge.arrays(), true));
    try (Dataset data = Dataset.open(other, new ReadOptions(cache, 1, f -> 1L << 40, monitor))) {
      assertEquals(6, data.imageShape().h());
      assertNotEquals(raw(), data.mappedFile().orElseThrow());
    }
    Files.write(npz, changed);
  }

  @Test
  void withoutRoomNothingIsWritten() {
    ReadOptions full = new ReadOptions(cache, 1 << 16, f -> 1_000_000, monitor);
    DataException e = assertThrows(DataException.class, () -> Dataset.open(npz, full));
    assertTrue(e.getMessage().startsWith(npz + ": its 1.5 MB of images"), e.getMessage());
    assertTrue(e.getMessage().contains("its disk has 1.0 MB left"), e.getMessage());
    assertTrue(e.getMessage().contains("UNERRING_CACHE"), e.getMessage());
    assertFalse(Files.exists(raw()));
  }

  @Test
  void aFolderThatCannotBeMadeOrWritten() throws IOException {
    Path file = Files.createFile(folder.resolve("taken"));
    ReadOptions taken = new ReadOptions(file, 1 << 16, f -> Long.MAX_VALUE, monitor);
    DataException e = assertThrows(DataException.class, () -> Dataset.open(npz, taken));
    assertTrue(e.getMessage().contains("cannot be made: "), e.getMessage());

    Path readOnly = Files.createDirectories(cache.resolve("decoded"));
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
    Assumptions.assumeFalse(Files.isWritable(readOnly), "this user may write everywhere");
    e = assertThrows(DataException.class, () -> Dataset.open(npz, mapping()));
    assertTrue(e.getMessage().contains("permission denied"), e.getMessage());
  }

  @Test
  void aDamagedNpzLeavesNothing() throws IOException {
    byte[] bytes = Files.readAllBytes(npz);
    bytes[Forge.central(bytes, "test_images.npy") + 16] ^= 1;
    bytes[Forge.local(bytes, "test_images.npy") + 14] ^= 1;
    Files.write(npz, bytes);
    DataException e = assertThrows(DataException.class, () -> Dataset.open(npz, mapping()));
    assertTrue(e.getMessage().contains("CRC-32"), e.getMessage());
    assertEquals(List.of(), names());
  }

  @Test
  void stoppingLeavesNothingAndTheNextRunDecodes() throws IOException {
    for (String work : List.of("hashing", "decoding", "checking")) {
      onStep = now -> stopped |= now.startsWith(work);
      StoppedException e = assertThrows(StoppedException.class, () -> Dataset.open(npz, mapping()));
      assertTrue(e.getMessage().startsWith("interrupted while "), e.getMessage());
      assertFalse(Files.exists(raw()));
      stopped = false;
    }
    assertEquals(List.of(), names());
    onStep = work -> {};
    Files.write(raw().resolveSibling(raw().getFileName() + ".part"), new byte[99]); // of a crash
    try (Dataset data = Dataset.open(npz, mapping())) {
      assertSame(data);
    }
  }

  @Test
  void twoAtOnceDecodeOnce() throws Exception {
    Callable<String> open =
        () -> {
          try (Dataset data = Dataset.open(npz, mapping())) {
            data.checkContent(WorkMonitor.SILENT);
            return data.contentSha256();
          }
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<String> each : threads.invokeAll(Collections.nCopies(4, open))) {
        assertEquals(inMemory.contentSha256(), each.get());
      }
    }
    assertEquals(1, notes.stream().filter(n -> n.contains("are decoded once")).count());
    assertEquals(1, names().size(), names().toString());
  }
}

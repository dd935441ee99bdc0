// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.StoppedException;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Fit;
import dev.unerring.data.Split;
import dev.unerring.data.Task;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packed set holds each file once, in the split that the table of sources says. */
class PackerTest {
  @TempDir private Path folder;

  private PackRequest request(PackInput input, String out, int threads) {
    return new PackRequest(
        input,
        folder.resolve(out),
        Optional.of(new PackRequest.Size(12, 10)),
        Fit.CROP,
        0,
        List.of(),
        7,
        threads);
  }

  /** 300 files of mixed sizes and types of three classes, five of a patient. */
  private PackInput threeHundred() {
    Path images = folder.resolve("images");
    for (int i = 0; i < 300; i++) {
      String name =
          List.of("clear", "cloudy", "opaque").get(i % 3) + "/p" + i / 5 + "/" + i + ".png";
      ImageFolder.write(images, name, 9 + i % 13, 8 + i % 7, i);
    }
    return new PackInput.Folder(images, Optional.of(Pattern.compile("(p[0-9]+)/")), List.of());
  }

  @Test
  void everySampleIsTheFileThatTheTableOfSourcesNames() throws IOException {
    PackInput input = threeHundred();
    Packer.pack(request(input, "set.npz", 3), WorkMonitor.SILENT);
    List<Csv.Row> rows = Csv.read(folder.resolve("set.sources.csv"));
    assertEquals(301, rows.size());
    try (Dataset data = Dataset.open(folder.resolve("set.npz"))) {
      assertEquals(List.of("clear", "cloudy", "opaque"), data.labelNames());
      assertEquals(Task.MULTI_CLASS, data.task());
      assertEquals(Shape.image2d(12, 10, 3), data.imageShape());
      assertEquals(210, data.train().size(), 10);
      for (Csv.Row row : rows.subList(1, rows.size())) {
        Split split =
            data.splits().get(List.of("train", "val", "test").indexOf(row.fields().get(0)));
        int index = Integer.parseInt(row.fields().get(1));
        Path file = input.path().resolve(row.fields().get(3));
        assertEquals(row.fields().get(2), data.labelNames().get(split.label(index)));
        assertEquals(Sha256.hexOfFile(file), row.fields().get(5));
        byte[] packed =
            split
                .images()
                .asSlice((long) index * split.imageBytes(), split.imageBytes())
                .toArray(ValueLayout.JAVA_BYTE);
        assertArrayEquals(
            ImageFiles.read(file, data.imageShape(), Fit.CROP), packed, file.toString());
      }
    }
  }

  @Test
  void theSameInputGivesTheSameBytesForAnyNumberOfThreads() throws IOException {
    PackInput input = threeHundred();
    Files.createDirectory(folder.resolve("a"));
    Files.createDirectory(folder.resolve("b"));
    Packer.pack(request(input, "a/set.npz", 1), WorkMonitor.SILENT);
    Packer.pack(request(input, "b/set.npz", 4), WorkMonitor.SILENT);
    for (String name : List.of("set.npz", "set.pack.json", "set.sources.csv")) {
      Path a = folder.resolve("a").resolve(name);
      assertEquals(-1, Files.mismatch(a, folder.resolve("b").resolve(name)), name);
    }
  }

  @Test
  void anInterruptLeavesNothing() {
    PackInput input = threeHundred();
    WorkMonitor stopper =
        new WorkMonitor() {
          private int asked;

          @Override
          public boolean stopped() {
            return ++asked > 20;
          }
        };
    assertThrows(StoppedException.class, () -> Packer.pack(request(input, "set.npz", 2), stopper));
    assertFalse(Files.exists(folder.resolve("set.npz")));
    assertFalse(Files.exists(folder.resolve("set.pack.json")));
    assertFalse(Files.exists(folder.resolve("set.sources.csv")));
  }

  @Test
  void aMultiLabelTableKeepsItsOwnSplitAndOrder() throws IOException {
    StringBuilder csv = new StringBuilder("file,cyst,mass,split\n");
    for (int i = 0; i < 12; i++) {
      ImageFolder.write(folder, "scans/" + i + ".png", 16, 16, 3 * i);
      String split = List.of("train", "validation", "test").get(i % 3);
      csv.append("scans/" + i + ".png," + i % 2 + "," + (i % 4 == 0 ? 1 : 0) + "," + split + "\n");
    }
    Path table = Files.writeString(folder.resolve("t.csv"), csv);
    PackInput input =
        new PackInput.Table(
            table,
            Optional.of("file"),
            List.of("cyst", "mass"),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty());
    PackReport report = Packer.pack(request(input, "set.npz", 2), WorkMonitor.SILENT);
    assertTrue(report.text().contains("2 labels; split: the input's own\n"), report.text());
    try (Dataset data = Dataset.open(folder.resolve("set.npz"))) {
      assertEquals(Task.MULTI_LABEL, data.task());
      assertEquals(List.of("cyst", "mass"), data.labelNames());
      assertEquals(1, data.imageShape().c());
      assertEquals(4, data.val().size());
      for (int i = 0; i < 4; i++) {
        assertEquals((3 * i + 1) % 2, data.val().label(i, 0));
        assertEquals((3 * i + 1) % 4 == 0 ? 1 : 0, data.val().label(i, 1));
      }
    }
  }

  @Test
  void aReportMentionsWhatShouldBeKnown() {
    Path images = folder.resolve("images");
    for (int i = 0; i < 40; i++) {
      ImageFolder.write(images, (i % 2 == 0 ? "a/" : "b/") + i + ".png", 12, 10, i / 20 * 3);
    }
    int[] twelveBits = new int[120];
    Arrays.setAll(twelveBits, i -> i * 34);
    ImageFolder.write(images, "a/ct.png", PngForge.png(12, 10, 16, PngForge.GREY, twelveBits));
    PackReport report =
        Packer.pack(
            request(
                new PackInput.Folder(images, Optional.empty(), List.of("b", "a")), "set.npz", 2),
            WorkMonitor.SILENT);
    String notes = String.join("\n", report.notes());
    assertTrue(notes.contains("2 images stand in more than one split, byte for byte"), notes);
    assertTrue(notes.contains("1 of 41 images of 16 bits use less than a sixteenth"), notes);
    try (Dataset data = Dataset.open(folder.resolve("set.npz"))) {
      assertEquals(List.of("b", "a"), data.labelNames());
    }
  }

  @Test
  void foldersNamedLikeSplitsAreTheSplit() {
    Path images = folder.resolve("images");
    int number = 0;
    for (String split : List.of("train", "valid", "test")) {
      for (int i = 0; i < 6; i++) {
        ImageFolder.write(
            images, split + "/" + (i % 2 == 0 ? "x" : "y") + "/" + i + ".png", 9, 9, number++);
      }
    }
    ImageFolder.write(images, "train/x/.DS_Store", new byte[4]);
    ImageFolder.write(images, "train/x/Thumbs.db", new byte[4]);
    Packer.pack(
        request(new PackInput.Folder(images, Optional.empty(), List.of()), "set.npz", 2),
        WorkMonitor.SILENT);
    try (Dataset data = Dataset.open(folder.resolve("set.npz"))) {
      assertEquals(List.of(6, 6, 6), data.splits().stream().map(Split::size).toList());
    }
  }

  /** A full disk is one message about the output, not one for each picture. */
  @Test
  void pixelsThatCannotBeKeptAreNoFaultOfThePictures() {
    PackInput input = threeHundred();
    PackRequest request = request(input, "full.npz", 2);
    PixelFile kept = new PixelFile(request.out(), 120);
    kept.close();
    ImageLoader loader = new ImageLoader(request, kept, WorkMonitor.SILENT);
    List<Source> sources = FolderListing.of((PackInput.Folder) input).sources();
    String message =
        assertThrows(DataException.class, () -> loader.load(sources, 12, 10)).getMessage();
    assertTrue(message.startsWith(request.out() + ": the pixels cannot be kept"), message);
  }
}

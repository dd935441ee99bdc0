// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.audit.Admission;
import dev.unerring.audit.Admission.Verdict;
import dev.unerring.audit.LabelAudit;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpzWriter;
import dev.unerring.suite.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * New samples are read from either layout, refused with a reason of their own where they cannot be
 * of the set, and told apart: joining, known, contradicting; a set with some of them at its end is
 * written as the same bytes each time.
 */
class NewSamplesTest {
  @TempDir private Path folder;

  @Test
  void bothLayoutsAreRead() throws Exception {
    byte[] images = TestData.generated(3, 2, 5).images();
    Path plain = write("plain", "images", new int[] {3, 28, 28}, images, "labels", 0, 1, 1);
    try (NewSamples samples = NewSamples.open(plain)) {
      assertEquals(3, samples.split().size());
      assertEquals(1, samples.split().label(2));
      assertEquals("new[2] (label 1)", samples.split().sample(2).toString());
      assertTrue(samples.notice().isEmpty());
    }
    Path set = TestData.write(folder.resolve("set.npz"), 8, 2);
    try (NewSamples samples = NewSamples.open(set)) {
      try (Dataset data = Dataset.open(set)) {
        int all = data.splits().stream().mapToInt(Split::size).sum();
        assertEquals(all, samples.split().size());
        assertEquals(data.test().label(1), samples.split().label(all - data.test().size() + 1));
        assertEquals(
            Admission.imageSha256(data.val(), 2), Admission.imageSha256(samples.split(), 8 + 2));
        assertEquals(
            set
                + ": all its "
                + all
                + " samples are taken, in this order: train 8, val "
                + data.val().size()
                + ", test "
                + data.test().size(),
            samples.notice().orElseThrow());
      }
    }
  }

  @Test
  void eachRefusalHasAReasonOfItsOwn() throws Exception {
    byte[] images = TestData.generated(2, 2, 5).images();
    int[] shape = {2, 28, 28};
    refused("neither images and labels", write("a", "pictures", shape, images, "labels", 0, 1));
    refused("3 rows for 2 images", write("b", "images", shape, images, "labels", 0, 1, 1));
    refused("out of range", write("c", "images", shape, images, "labels", 0, -1));
    refused(
        "looks like 2 channels",
        write("d", "images", new int[] {2, 28, 14, 2}, images, "labels", 0, 1));
    refused("no image", write("e", "images", new int[] {0, 28, 28}, new byte[0], "labels"));
    refused("no such file", folder.resolve("absent.npz"));
    refused("the file is empty", Files.createFile(folder.resolve("empty.npz")));
    Path set = TestData.write(folder.resolve("set.npz"), 8, 2);
    try (Dataset data = Dataset.open(set)) {
      misfit(
          data,
          "its images are 14x56x1",
          write("f", "images", new int[] {2, 14, 56}, images, "labels", 0, 1));
      misfit(
          data, "the label of sample 1 is 2", write("g", "images", shape, images, "labels", 0, 2));
      NpzWriter columns = new NpzWriter(false);
      columns.add("images", NpzWriter.npy("|u1", List.of(2, 28, 28), images));
      columns.add("labels", NpzWriter.npy("|u1", List.of(2, 2), new byte[4]));
      columns.write(folder.resolve("h.npz"));
      misfit(data, "2 labels a sample", folder.resolve("h.npz"));
    }
  }

  @Test
  void identicalImagesAreKnownOrContradict() throws Exception {
    TestData world = TestData.generated(6, 2, 0);
    Path set =
        TestData.write(
            folder.resolve("set.npz"),
            world,
            TestData.generated(4, 2, 1),
            TestData.generated(4, 2, 2));
    byte[] images = new byte[7 * TestData.IMAGE];
    byte[] fresh = TestData.generated(3, 2, 9).images();
    copy(world.images(), 1, images, 0); // label 1 there
    copy(world.images(), 1, images, 1);
    copy(fresh, 0, images, 2);
    copy(fresh, 1, images, 3);
    copy(fresh, 1, images, 4);
    copy(fresh, 2, images, 5);
    copy(fresh, 2, images, 6);
    Path file = write("n", "images", new int[] {7, 28, 28}, images, "labels", 1, 0, 0, 1, 1, 0, 1);
    try (Dataset data = Dataset.open(set);
        NewSamples added = NewSamples.open(file)) {
      Admission admission =
          Admission.of(
              data.train(), new LabelAudit(data).goalLabels(), added.split(), WorkMonitor.SILENT);
      assertEquals(
          List.of(
              Verdict.KNOWN,
              Verdict.CONTRADICTS,
              Verdict.JOINS,
              Verdict.JOINS,
              Verdict.KNOWN,
              Verdict.CONTRADICTS,
              Verdict.CONTRADICTS),
          admission.samples().stream().map(Admission.Sample::verdict).toList());
      assertEquals("train[1] (label 1)", admission.samples().get(1).twin().toString());
      assertEquals("new[3] (label 1)", admission.samples().get(4).twin().toString());
      assertEquals("new[6] (label 1)", admission.samples().get(5).twin().toString());

      Path union = folder.resolve(ClosedWorldFile.name(data).replace("set", "union"));
      Path again = folder.resolve("again.npz");
      for (Path each : List.of(union, again)) {
        ClosedWorldFile.write(each, data, added.split(), new int[] {2, 3}, WorkMonitor.SILENT);
      }
      assertEquals(-1, Files.mismatch(union, again));
      try (Dataset all = Dataset.open(union)) {
        assertEquals(8, all.train().size());
        assertEquals(data.val().images().mismatch(all.val().images()), -1);
        assertEquals(1, all.train().label(7));
        assertEquals(
            admission.samples().get(3).imageSha256(), Admission.imageSha256(all.train(), 7));
        assertEquals(data.task(), all.task());
      }
    }
  }

  /** Where the goal of a group that contradicts itself is one label, the other contradicts. */
  @Test
  void theGoalOfAContradictoryGroupDecides() throws Exception {
    TestData world = TestData.generated(6, 2, 0).copyImage(0, 1).copyImage(0, 3);
    Path set =
        TestData.write(
            folder.resolve("set.npz"),
            world,
            TestData.generated(4, 2, 1),
            TestData.generated(4, 2, 2));
    byte[] images = new byte[2 * TestData.IMAGE];
    copy(world.images(), 0, images, 0);
    copy(world.images(), 0, images, 1);
    Path file = write("n", "images", new int[] {2, 28, 28}, images, "labels", 0, 1);
    try (Dataset data = Dataset.open(set);
        NewSamples added = NewSamples.open(file)) {
      Admission admission =
          Admission.of(
              data.train(), new LabelAudit(data).goalLabels(), added.split(), WorkMonitor.SILENT);
      assertEquals(Verdict.CONTRADICTS, admission.samples().get(0).verdict());
      assertEquals("train[1] (label 1)", admission.samples().get(0).twin().toString());
      assertEquals(Verdict.KNOWN, admission.samples().get(1).verdict());
    }
  }

  private static void copy(byte[] from, int image, byte[] to, int at) {
    System.arraycopy(from, image * TestData.IMAGE, to, at * TestData.IMAGE, TestData.IMAGE);
  }

  private static void refused(String reason, Path file) {
    DataException e = assertThrows(DataException.class, () -> NewSamples.open(file).close());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
  }

  private static void misfit(Dataset data, String reason, Path file) {
    try (NewSamples samples = NewSamples.open(file)) {
      DataException e =
          assertThrows(
              DataException.class,
              () ->
                  samples.matched(
                      data.imageShape(),
                      data.train().labelCount(),
                      data.description(),
                      "the set",
                      new ArrayList<>()));
      assertTrue(e.getMessage().contains(reason), e.getMessage());
    }
  }

  private Path write(
      String name, String array, int[] shape, byte[] images, String labelArray, int... labels) {
    byte[] items = new byte[labels.length * 8];
    for (int i = 0; i < items.length; i++) {
      items[i] = (byte) ((long) labels[i / 8] >> 8 * (i % 8));
    }
    NpzWriter npz = new NpzWriter(false);
    npz.add(array, NpzWriter.npy("|u1", Arrays.stream(shape).boxed().toList(), images));
    npz.add(labelArray, NpzWriter.npy("<i8", List.of(labels.length), items));
    Path file = folder.resolve(name + ".npz");
    npz.write(file);
    return file;
  }
}

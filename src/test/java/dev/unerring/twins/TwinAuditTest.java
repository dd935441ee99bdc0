// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.StoppedException;
import dev.unerring.audit.Fields;
import dev.unerring.audit.FlippedGroup;
import dev.unerring.audit.ImageSymmetry;
import dev.unerring.base.Json;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Samples;
import dev.unerring.data.Split;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Near-twins and their counts equal those of a plain comparison of all pairs. */
class TwinAuditTest {
  private static final Shape GREY = Shape.image2d(28, 28, 1);

  /** Images in three splits: half, a quarter, a quarter. */
  private static List<Split> splits(byte[] images, Shape shape, int[] labels) {
    int count = labels.length;
    return List.of(
        Fields.split("train", images, shape, 0, count / 2, labels),
        Fields.split("val", images, shape, count / 2, count / 4 * 3, labels),
        Fields.split("test", images, shape, count / 4 * 3, count, labels));
  }

  private static TwinAudit audit(List<Split> splits, Shape shape, int threads, int listed) {
    return TwinAudit.of(splits, shape, threads, listed, WorkMonitor.SILENT);
  }

  /** Smooth images, every fifth of them a changed copy of another; some identical, constant. */
  private static byte[] planted(int count, Shape shape) {
    byte[] images = Fields.smooth(3, count, shape);
    for (int i = 4; i < count; i += 5) {
      byte[] image = Fields.image(images, (int) (count * Fields.uniform(4, 0, i)), shape);
      int way = i / 5 % 5;
      Fields.put(
          switch (way) {
            case 0 -> Fields.noisy(image, 2 + i % 30, 4, i);
            case 1 -> Fields.scaled(image, 0.8, 3);
            case 2 -> Fields.shifted(image, shape);
            case 3 -> image;
            default -> i % 50 == 24 ? new byte[image.length] : Fields.noisy(image, 70, 4, i);
          },
          images,
          i);
    }
    return images;
  }

  private static int[] labels(int count, int classes) {
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> (int) (classes * Fields.uniform(9, 1, i)));
    return labels;
  }

  /** What a plain comparison of all pairs of different, not constant images says. */
  private static void assertEqualsBruteForce(List<Split> splits, TwinAudit twins) {
    Samples samples = new Samples(splits);
    int[] labels = samples.labelNumbers();
    int size = samples.imageBytes();
    int[][] pixels = new int[samples.size()][size];
    long[] sums = new long[samples.size()];
    byte[] bytes = new byte[size];
    for (int i = 0; i < samples.size(); i++) {
      samples.copy(i, bytes);
      for (int j = 0; j < size; j++) {
        pixels[i][j] = bytes[j] & 0xFF;
        sums[i] += pixels[i][j];
      }
    }
    long[] norms = new long[samples.size()];
    for (int i = 0; i < samples.size(); i++) {
      norms[i] = size * product(pixels[i], pixels[i]) - sums[i] * sums[i];
    }
    long[][][] expected = new long[9][2][2];
    List<String> near = new ArrayList<>();
    for (int a = 0; a < samples.size(); a++) {
      for (int b = a + 1; b < samples.size(); b++) {
        if (norms[a] == 0 || norms[b] == 0) {
          continue;
        }
        double r =
            (size * product(pixels[a], pixels[b]) - sums[a] * sums[b])
                / (Math.sqrt(norms[a]) * Math.sqrt(norms[b]));
        assertTrue(Math.abs(r - 0.95) > 1e-12 && Math.abs(r - 0.99) > 1e-12, "too close to tell");
        if (r < 0.95 || Arrays.equals(pixels[a], pixels[b])) {
          continue;
        }
        int pair = samples.splitOf(a) * 3 + samples.splitOf(b);
        expected[pair][0][labels[a] == labels[b] ? 0 : 1]++;
        if (r >= 0.99) {
          expected[pair][1][labels[a] == labels[b] ? 0 : 1]++;
          near.add(samples.sample(a).place() + " " + samples.sample(b).place());
        }
      }
    }
    for (int first = 0; first < 3; first++) {
      for (int second = first; second < 3; second++) {
        long[][] counted = expected[first * 3 + second];
        TwinCounts counts = twins.counts(splits.get(first).name(), splits.get(second).name());
        assertEquals(
            new TwinCounts.Count(counted[0][0] + counted[0][1], counted[0][1]), counts.alike());
        assertEquals(
            new TwinCounts.Count(counted[1][0] + counted[1][1], counted[1][1]), counts.near());
      }
    }
    assertTrue(near.size() > samples.size() / 30, "enough was planted: " + near.size());
    assertEquals(
        near.stream().sorted().toList(),
        twins.nearPairs().stream()
            .map(pair -> pair.first().place() + " " + pair.second().place())
            .sorted()
            .toList());
  }

  private static long product(int[] x, int[] y) {
    long sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  @Test
  void greyImages() {
    List<Split> splits = splits(planted(2000, GREY), GREY, labels(2000, 3));
    TwinAudit twins = audit(splits, GREY, 2, TwinAudit.LISTED);
    assertEqualsBruteForce(splits, twins);
    assertEquals(Json.pretty(twins.toJson()), Json.pretty(audit(splits, GREY, 1, 10_000).toJson()));
    assertEquals(Json.pretty(twins.toJson()), Json.pretty(audit(splits, GREY, 7, 10_000).toJson()));
  }

  @Test
  void colourImages() {
    Shape shape = Shape.image2d(28, 28, 3);
    List<Split> splits = splits(planted(600, shape), shape, labels(600, 2));
    assertEqualsBruteForce(splits, audit(splits, shape, 2, TwinAudit.LISTED));
  }

  @Test
  void volumes() {
    Shape shape = new Shape(1, 20, 20, 20, 1);
    List<Split> splits = splits(planted(240, shape), shape, labels(240, 2));
    assertEqualsBruteForce(splits, audit(splits, shape, 3, TwinAudit.LISTED));
  }

  @Test
  void fewImagesAndImagesOfFewPixels() {
    Shape tiny = Shape.image2d(3, 2, 1);
    List<Split> splits = splits(planted(60, GREY), GREY, labels(60, 2));
    assertEqualsBruteForce(splits, audit(splits, GREY, 2, TwinAudit.LISTED));
    byte[] images = new byte[12_000 * 6];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (3 * Fields.uniform(1, 0, i));
    }
    // 3^6 images, 12,000 samples: long lists of copies, and correlations right at the bounds
    TwinAudit many = audit(splits(images, tiny, labels(12_000, 2)), tiny, 2, 10);
    TwinAudit again = audit(splits(images, tiny, labels(12_000, 2)), tiny, 1, 10);
    assertEquals(Json.pretty(many.toJson()), Json.pretty(again.toJson()));
    assertTrue(many.counts("train", "train").identical().all() > 20_000);
  }

  @Test
  void whenAllImagesAreNearTwinsTheListIsCutAndTheCountsAreComplete() {
    int count = 600;
    byte[] base = Fields.smooth(8, 1, GREY);
    byte[] images = new byte[count * base.length];
    for (int i = 0; i < count; i++) {
      Fields.put(Fields.noisy(base, 2, 8, i), images, i);
    }
    List<Split> splits = splits(images, GREY, labels(count, 2));
    TwinAudit twins = audit(splits, GREY, 2, 100);
    assertEquals(300L * 299 / 2, twins.counts("train", "train").near().all());
    assertEquals(300L * 150, twins.counts("test", "train").alike().all());
    assertEquals(150, twins.counts("train", "test").withNear().all());
    assertEquals(600, twins.nearPairs().size());
    assertEquals(600L * 599 / 2 - 600, twins.nearPairsNotListed());
    assertEquals(twins, audit(splits, GREY, 5, 100));
    List<String> expected = new ArrayList<>();
    for (int second = 0; expected.size() < 100; second++) {
      for (int first = 0; first < second && expected.size() < 100; first++) {
        if (splits.get(0).label(first) != splits.get(0).label(second)) {
          expected.add("train[" + first + "] train[" + second + "]");
        }
      }
    }
    assertEquals(
        expected.stream().sorted().toList(),
        twins.nearPairs().subList(0, 100).stream()
            .map(pair -> pair.first().place() + " " + pair.second().place())
            .sorted()
            .toList());
    for (int i = 1; i < 100; i++) {
      assertTrue(
          twins.nearPairs().get(i - 1).correlation() >= twins.nearPairs().get(i).correlation());
    }
    assertTrue(twins.toText().contains("more (--csv lists"), twins.toText());
  }

  @Test
  void identicalImagesCountAsCorrelationOneForLeakage() {
    byte[] a = Fields.smooth(1, 1, GREY);
    byte[] b = Fields.smooth(2, 1, GREY);
    byte[] flat = new byte[GREY.imageElements()];
    byte[] images = new byte[8 * a.length];
    byte[][] order = {a, a, b, flat, a, Fields.noisy(a, 2, 1, 1), flat, b};
    for (int i = 0; i < order.length; i++) {
      Fields.put(order[i], images, i);
    }
    List<Split> splits = splits(images, GREY, new int[] {0, 1, 1, 0, 0, 1, 0, 0});
    TwinAudit twins = audit(splits, GREY, 1, 10);
    assertEquals(2, twins.constantImages());
    assertEquals(new TwinCounts.Count(1, 1), twins.counts("train", "train").identical());
    TwinCounts val = twins.counts("train", "val");
    assertEquals(new TwinCounts.Count(2, 1), val.identical());
    assertEquals(new TwinCounts.Count(2, 1), val.near());
    assertEquals(new TwinCounts.Count(1, 1), val.withIdentical());
    assertEquals(new TwinCounts.Count(2, 2), val.withNear());
    TwinCounts test = twins.counts("train", "test");
    assertEquals(new TwinCounts.Count(2, 1), test.identical());
    assertEquals(new TwinCounts.Count(0, 0), test.near());
    assertEquals(new TwinCounts.Count(2, 1), test.withAlike());
    BitSet found =
        NearTwins.withTwinIn(splits.get(1), splits.get(0), GREY, 0.99, WorkMonitor.SILENT);
    assertEquals("{0, 1}", found.toString());
    assertEquals(
        "{0, 1}",
        NearTwins.withTwinIn(splits.get(2), splits.get(0), GREY, 1, WorkMonitor.SILENT).toString());
  }

  @Test
  void samplesWithTwinsAreThoseThatTheCountsSay() {
    List<Split> splits = splits(planted(2000, GREY), GREY, labels(2000, 3));
    TwinAudit twins = audit(splits, GREY, 2, 10);
    for (String name : List.of("val", "test")) {
      Split of = splits.get(name.equals("val") ? 1 : 2);
      TwinCounts counts = twins.counts(name, "train");
      List<BitSet> both =
          NearTwins.withTwinIn(
              of,
              splits.get(0),
              GREY,
              new double[] {TwinAudit.ALIKE, TwinAudit.NEAR},
              WorkMonitor.SILENT);
      assertEquals(counts.withAlike().all(), both.get(0).cardinality());
      assertEquals(counts.withNear().all(), both.get(1).cardinality());
      // identical constant images are twins for both
      for (int threads = 1; threads < 4; threads += 2) {
        assertEquals(
            counts.withNear().all(),
            NearTwins.withTwinIn(
                    of, splits.get(0), GREY, TwinAudit.NEAR, threads, WorkMonitor.SILENT)
                .cardinality());
        assertEquals(
            counts.withAlike().all(),
            NearTwins.withTwinIn(
                    of, splits.get(0), GREY, TwinAudit.ALIKE, threads, WorkMonitor.SILENT)
                .cardinality());
      }
    }
  }

  @Test
  void flippedGroupsHoldTheCopiesAndAreCounted() {
    byte[] a = Fields.noisy(Fields.smooth(1, 1, GREY), 9, 1, 0);
    ImageSymmetry turn = ImageSymmetry.of(GREY).get(5);
    byte[] turned = Fields.mapped(a, turn);
    byte[] images = new byte[8 * a.length];
    byte[] others = Fields.smooth(77, 8, GREY);
    for (int i = 0; i < 8; i++) {
      boolean own = i == 1 || i == 2;
      Fields.put(own ? a : i == 4 ? turned : Fields.image(others, i, GREY), images, i);
    }
    TwinAudit twins = audit(splits(images, GREY, new int[] {0, 0, 1, 0, 0, 0, 0, 0}), GREY, 1, 10);
    FlippedGroup group = twins.flippedGroups().getFirst();
    assertEquals(1, twins.flippedGroups().size());
    assertEquals(
        "[train[1] (label 0), train[2] (label 1), val[0] (label 0)]", group.samples().toString());
    assertEquals(List.of("identity", "identity", turn.name()), group.transforms());
    assertFalse(group.sameLabel());
    assertEquals(new TwinCounts.Count(2, 1), twins.counts("val", "train").flipped());
    assertEquals(new TwinCounts.Count(1, 1), twins.counts("val", "train").withFlipped());
    assertTrue(twins.toText().contains("val[0] (label 0) by " + turn.name()), twins.toText());
    assertEquals(1, ((List<?>) ((Map<?, ?>) twins.toJson()).get("flippedGroups")).size());
  }

  @Test
  void theUserMayStop() {
    List<Split> splits = splits(planted(1000, GREY), GREY, labels(1000, 3));
    AtomicBoolean stop = new AtomicBoolean();
    WorkMonitor monitor =
        new WorkMonitor() {
          @Override
          public void progress(String work, long done, long total) {
            assertTrue(done > 0 && done <= total, work);
            stop.compareAndSet(false, work.equals("looking for near-twins"));
          }

          @Override
          public boolean stopped() {
            return stop.get();
          }
        };
    StoppedException e =
        assertThrows(StoppedException.class, () -> TwinAudit.of(splits, GREY, 2, 10, monitor));
    assertEquals("interrupted while looking for near-twins", e.getMessage());
  }
}

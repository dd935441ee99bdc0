// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.DatasetReader;
import dev.unerring.npz.NpzWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes generated sets that have the form of published ones: keys, shapes, types, numbers of
 * samples, task and class balance. Their pictures come from a seed and show no patient. A small
 * convolutional network learns them, a linear model does not. The archive's comment says what the
 * file is, whatever its name, so that it is never taken for the published set.
 */
public final class SyntheticSet {
  private static final int REPORTED = 1024;

  private final SyntheticPlan plan;
  private final int[] labels;
  private final SyntheticPictures pictures;

  /** Decides labels and duplicates; UsageException when the plan cannot be fulfilled. */
  public SyntheticSet(SyntheticPlan plan) {
    this.plan = plan;
    int total = plan.samples().stream().mapToInt(Integer::intValue).sum();
    labels = new int[total];
    for (int split = 0; split < plan.samples().size(); split++) {
      int[] own = SyntheticLabels.of(plan, split);
      System.arraycopy(own, 0, labels, first(split), own.length);
    }
    pictures = new SyntheticPictures(plan, labels);
  }

  /**
   * Writes the set as an npz file; the same plan gives the same bytes on every machine unless they
   * are compressed. Memory: one image and the labels.
   *
   * @throws dev.unerring.DataException when the file cannot be written
   */
  public void write(Path file, boolean compressed, WorkMonitor monitor) {
    NpzWriter writer =
        new NpzWriter(compressed).comment(DatasetManifest.GENERATED + plan.manifest().flag());
    for (int split = 0; split < plan.samples().size(); split++) {
      int first = first(split);
      int count = plan.samples().get(split);
      String name = DatasetReader.SPLITS.get(split);
      List<Integer> shape = new ArrayList<>(plan.imageShape());
      shape.addFirst(count);
      writer.addStreamed(
          name + "_images",
          "|u1",
          shape,
          out -> {
            SyntheticImage image = new SyntheticImage(plan);
            byte[] pixels = new byte[image.bytes()];
            for (int i = first; i < first + count; i++) {
              int shown = pictures.shown(i);
              image.draw(shown, labels[shown], pictures.altered(i) ? i : -1, pixels, 0);
              out.write(pixels);
              if ((i + 1) % REPORTED == 0 || i + 1 == labels.length) {
                monitor.step("drawing " + plan.name(), i + 1L, labels.length);
              }
            }
          });
      int columns = plan.multiLabel() ? plan.manifest().classes() : 1;
      byte[] rows = new byte[count * columns];
      for (int i = 0; i < rows.length; i++) {
        int label = labels[first + i / columns];
        rows[i] = (byte) (columns == 1 ? label : label >>> i % columns & 1);
      }
      writer.add(name + "_labels", NpzWriter.npy("|u1", List.of(count, columns), rows));
    }
    plan.manifest().description().addTo(writer).write(file, monitor);
  }

  private int first(int split) {
    return plan.samples().subList(0, split).stream().mapToInt(Integer::intValue).sum();
  }
}

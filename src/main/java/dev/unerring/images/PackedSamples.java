// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.base.Names;
import dev.unerring.base.Sha256;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Fit;
import dev.unerring.data.ImageRemark;
import dev.unerring.npz.NpzWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The samples of a set with their splits; within a split they keep the order of the input.
 *
 * @param list where they come from
 * @param splits of each
 * @param images of each
 * @param kept their pixels
 * @param channels of all
 */
record PackedSamples(
    SourceList list, int[] splits, List<LoadedImage> images, PixelFile kept, int channels) {

  /** Samples of one split, as places in the list. */
  List<Integer> members(int split) {
    List<Integer> members = new ArrayList<>();
    for (int i = 0; i < splits.length; i++) {
      if (splits[i] == split) {
        members.add(i);
      }
    }
    return members;
  }

  /** Names of the splits that have samples. */
  List<String> filledSplits() {
    return SourceList.SPLITS.stream()
        .filter(name -> !members(SourceList.SPLITS.indexOf(name)).isEmpty())
        .toList();
  }

  /** Samples of each class (with each label set) in one split. */
  List<Integer> histogram(int split) {
    List<Integer> histogram = new ArrayList<>();
    for (int count : list.counts(members(split))) {
      histogram.add(count);
    }
    return histogram;
  }

  /** The file; the monitor sees its progress and may stop it. */
  NpzWriter npz(PackRequest.Size size, Fit fit, WorkMonitor monitor) {
    NpzWriter npz = new NpzWriter(false);
    for (int split = 0; split < SourceList.SPLITS.size(); split++) {
      List<Integer> members = members(split);
      List<Integer> shape = new ArrayList<>(List.of(members.size(), size.height(), size.width()));
      if (channels == 3) {
        shape.add(3);
      }
      npz.addStreamed(
          SourceList.SPLITS.get(split) + "_images",
          "|u1",
          shape,
          out -> {
            int done = 0;
            for (int member : members) {
              monitor.step("writing the images", ++done, members.size());
              out.write(kept.read(images.get(member), channels));
            }
          });
      npz.add(SourceList.SPLITS.get(split) + "_labels", labels(members));
    }
    return list.description(fit).addTo(npz);
  }

  /** uint8, or int64 where there are more than 256 classes, as the official files have it. */
  private byte[] labels(List<Integer> members) {
    int columns = list.sources().getFirst().labels().length;
    int bytes = list.multiLabel() || list.labelNames().size() <= 256 ? 1 : 8;
    byte[] items = new byte[members.size() * columns * bytes];
    int at = 0;
    for (int member : members) {
      for (int label : list.sources().get(member).labels()) {
        for (int i = 0; i < bytes; i++) {
          items[at++] = (byte) (i < 4 ? label >> 8 * i : 0);
        }
      }
    }
    return NpzWriter.npy(bytes == 1 ? "|u1" : "<i8", List.of(members.size(), columns), items);
  }

  /** One row a sample: split, index, label, path, group, SHA-256 and size of the file's picture. */
  String sourcesCsv() {
    StringBuilder csv = new StringBuilder();
    Csv.append(
        csv, List.of("split", "index", "label", "path", "group", "sha256", "height", "width"));
    for (int split = 0; split < SourceList.SPLITS.size(); split++) {
      int index = 0;
      for (int i : members(split)) {
        Source source = list.sources().get(i);
        LoadedImage image = images.get(i);
        Csv.append(
            csv,
            List.of(
                SourceList.SPLITS.get(split),
                String.valueOf(index++),
                label(source),
                source.name(),
                source.group().orElse(""),
                image.sha256(),
                String.valueOf(image.height()),
                String.valueOf(image.width())));
      }
    }
    return csv.toString();
  }

  /** The class name; of multi-label sets the names of the labels that are set, with spaces. */
  private String label(Source source) {
    if (!list.multiLabel()) {
      return list.labelNames().get(source.labels()[0]);
    }
    List<String> set = new ArrayList<>();
    for (int i = 0; i < source.labels().length; i++) {
      if (source.labels()[i] == 1) {
        set.add(list.labelNames().get(i));
      }
    }
    return String.join(" ", set);
  }

  /** Groups of identical images (after resizing) that stand in more than one split. */
  int identicalAcrossSplits() {
    TreeMap<String, TreeSet<Integer>> splitsOfContent = new TreeMap<>();
    for (int i = 0; i < splits.length; i++) {
      String content = Sha256.hex(kept.read(images.get(i), channels));
      splitsOfContent.computeIfAbsent(content, _ -> new TreeSet<>()).add(splits[i]);
    }
    return (int) splitsOfContent.values().stream().filter(some -> some.size() > 1).count();
  }

  /** What should be known of the images, a sentence for each kind of remark. */
  List<String> remarks() {
    ImageRemark.Counter counter = new ImageRemark.Counter();
    for (int i = 0; i < splits.length; i++) {
      counter.add(Names.shown(list.sources().get(i).name()), images.get(i).remarks());
    }
    return counter.notes();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.data.PackFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was packed, for the pack file and for a reader. */
public final class PackReport {
  private static final String RULE =
      "mean over the covered area in integers, rounded half up; nothing where the size agrees";

  private final PackRequest request;
  private final PackedSamples samples;
  private final PackRequest.Size size;
  private final int identical;

  PackReport(PackRequest request, PackedSamples samples, PackRequest.Size size) {
    this.request = request;
    this.samples = samples;
    this.size = size;
    this.identical = samples.identicalAcrossSplits();
  }

  /** The content of the pack file. */
  String packFile(String sha256, byte[] sources) {
    SourceList list = samples.list();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", PackFile.FORMAT);
    json.put("file", request.out().getFileName().toString());
    json.put("sha256", sha256);
    json.put("task", list.description(request.fit()).task().manifestName());
    json.put("labels", list.labelNames());
    json.put("imageShape", List.of(1, size.height(), size.width(), samples.channels()));
    Map<String, Object> counts = new LinkedHashMap<>();
    for (int split = 0; split < SourceList.SPLITS.size(); split++) {
      counts.put(SourceList.SPLITS.get(split), samples.histogram(split));
    }
    json.put("samplesByLabel", counts);
    json.put("split", split());
    json.put("fit", request.fit().word());
    json.put("resizing", RULE);
    json.put("sources", Packer.sources(request.out()).getFileName().toString());
    json.put("sourcesSha256", Sha256.hex(sources));
    return Json.pretty(json);
  }

  private Map<String, Object> split() {
    Map<String, Object> split = new LinkedHashMap<>();
    boolean seeded = !samples.list().ownSplit() && !allInOne();
    split.put("rule", seeded ? "seeded, stratified, whole groups" : splitText());
    if (seeded) {
      split.put("shares", request.shares().isEmpty() ? List.of(70, 15, 15) : request.shares());
      split.put("seed", String.valueOf(request.seed()));
    }
    if (grouped()) {
      split.put("groups", samples.list().groups().size());
    }
    return split;
  }

  private boolean allInOne() {
    return request.shares().contains(100);
  }

  private String splitText() {
    if (allInOne()) {
      return "all in " + SourceList.SPLITS.get(request.shares().indexOf(100));
    }
    return samples.list().ownSplit() ? "the input's own" : "seed " + request.seed();
  }

  private boolean grouped() {
    return samples.list().sources().getFirst().group().isPresent();
  }

  /** A table of the counts, lines ended by line feeds. */
  public String text() {
    SourceList list = samples.list();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d images of %d x %d x %d, %d %s; split: %s\n",
            samples.splits().length,
            size.height(),
            size.width(),
            samples.channels(),
            list.labelNames().size(),
            list.multiLabel() ? "labels" : list.labelNames().size() == 1 ? "class" : "classes",
            splitText()));
    if (grouped()) {
      text.append(list.groups().size()).append(" groups, none of them in two splits\n");
    }
    text.append(String.format(Locale.ROOT, "%-38s%9s%9s%9s\n", "", "train", "val", "test"));
    List<List<Integer>> columns = new ArrayList<>();
    for (int split = 0; split < SourceList.SPLITS.size(); split++) {
      columns.add(samples.histogram(split));
    }
    for (int label = 0; label < list.labelNames().size(); label++) {
      String name = label + " " + list.labelNames().get(label);
      text.append(
          String.format(
              Locale.ROOT,
              "%-38s%9d%9d%9d\n",
              name.length() > 38 ? name.substring(0, 35) + "..." : name,
              columns.get(0).get(label),
              columns.get(1).get(label),
              columns.get(2).get(label)));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%-38s%9d%9d%9d\n",
            "all",
            samples.members(0).size(),
            samples.members(1).size(),
            samples.members(2).size()));
    return text.toString();
  }

  /** What the user should know besides, one sentence each. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (identical > 0) {
      notes.add(
          identical
              + (identical == 1 ? " image stands" : " images stand")
              + " in more than one split, byte for byte; unerring audit --data "
              + request.out()
              + " lists them");
    }
    notes.addAll(samples.remarks());
    notes.addAll(samples.list().notes());
    List<String> full = samples.filledSplits();
    if (full.size() == 1) {
      if (samples.list().ownSplit() && allInOne()) {
        notes.add("the input's own split was not read, as --split asks");
      }
      notes.add(
          "all images are in the split "
              + full.getFirst()
              + ": such a file can be added to a run (unerring correct --add) or predicted; train,"
              + " audit and evaluate need train, val and test");
      return notes;
    }
    List<Integer> train = samples.histogram(0);
    for (int label = 0; label < train.size(); label++) {
      if (train.get(label) == 0) {
        notes.add(
            "train has no image of "
                + samples.list().labelNames().get(label)
                + "; such a set cannot be trained, but it can be added to a run (unerring correct"
                + " --add)");
      }
    }
    if (train.size() == 1) {
      notes.add(
          "all images are of one class, "
              + samples.list().labelNames().getFirst()
              + "; such a set cannot be trained: a classifier needs two classes");
    }
    for (int split = 1; split < SourceList.SPLITS.size(); split++) {
      List<Integer> histogram = samples.histogram(split);
      for (int label = 0; label < histogram.size(); label++) {
        if (histogram.get(label) == 0) {
          notes.add(
              SourceList.SPLITS.get(split)
                  + " has no image of "
                  + samples.list().labelNames().get(label)
                  + "; its AUC is not defined there");
        }
      }
    }
    return notes;
  }
}

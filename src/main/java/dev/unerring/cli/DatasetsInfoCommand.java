// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.Json;
import dev.unerring.base.Sizes;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.KnownHashes;
import dev.unerring.data.Task;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring datasets info}: everything that is known about a set. */
@Command(
    name = "info",
    description = "Says everything that is known about a data set.",
    mixinStandardHelpOptions = true)
final class DatasetsInfoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RootOption root;

  @Parameters(
      paramLabel = "FLAG",
      completionCandidates = Choices.Known.class,
      description = "E.g. breastmnist, or demo.")
  private String flag;

  @Option(names = "--verify", description = "Compare the MD5 of each file that is here.")
  private boolean verify;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  DatasetsInfoCommand() {}

  @Override
  public Integer call() {
    DatasetManifest manifest = DatasetManifest.require(flag);
    WorkTerminal terminal = WorkTerminal.of(spec);
    List<RootOption.Found> here = root.found(manifest, verify, terminal);
    terminal.clear();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.pretty(json(manifest, here)));
    } else {
      lines(manifest, here).forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private static List<String> lines(DatasetManifest m, List<RootOption.Found> here) {
    List<String> lines = new ArrayList<>();
    lines.add(m.title() + " (" + m.flag() + ")");
    lines.add("  source   " + m.source());
    lines.add("  licence  " + m.licence() + (m.generated() ? "" : "; not for clinical use"));
    String kind = m.task() == Task.MULTI_LABEL ? " labels" : " classes";
    lines.add("  task     " + m.task().manifestName() + ", " + m.classes() + kind);
    lines.add(
        "  images   "
            + m.dimensions()
            + (m.channels() == 3 ? "D, RGB; " : "D, grey; ")
            + m.train()
            + " train, "
            + m.val()
            + " val, "
            + m.test()
            + " test");
    for (int i = 0; i < m.classes(); i++) {
      int label = i;
      String counts =
          m.classCounts()
              .map(c ->
                  " " + c.train().get(label) + "/" + c.val().get(label) + "/" + c.test().get(label))
              .orElse("");
      lines.add(
          (i == 0 ? "  labels   " : "           ") + i + " " + m.labelNames().get(i) + counts);
    }
    m.classCounts()
        .ifPresent(
            counts -> lines.add("           (train/val/test of each; " + counts.source() + ")"));
    for (DatasetManifest.PublishedFile file : m.files()) {
      lines.add(
          "  file     "
              + file.name()
              + ", "
              + file.pixels()
              + " px, images of "
              + Sizes.text(m.imageBytes(file))
              + " when decoded");
      lines.add("           MD5      " + file.md5());
      sha256(file).ifPresent(sha256 -> lines.add("           SHA-256  " + sha256));
      lines.add("           " + file.url());
    }
    for (RootOption.Found found : here) {
      lines.add("  here     " + found.file() + ", " + found.bytes() + " bytes, " + found.state());
    }
    if (here.isEmpty() && !m.generated()) {
      lines.add("  here     none; 'unerring datasets fetch " + m.flag() + "' gets it");
    }
    return lines;
  }

  private static Optional<String> sha256(DatasetManifest.PublishedFile file) {
    return file.sha256().or(() -> new KnownHashes(CacheFolder.path()).sha256(file.md5()));
  }

  private static Map<String, Object> json(DatasetManifest m, List<RootOption.Found> here) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("flag", m.flag());
    json.put("title", m.title());
    json.put("source", m.source());
    json.put("licence", m.licence());
    json.put("task", m.task().manifestName());
    json.put("dimensions", m.dimensions());
    json.put("channels", m.channels());
    json.put("train", m.train());
    json.put("val", m.val());
    json.put("test", m.test());
    json.put("labels", m.labelNames());
    m.classCounts()
        .ifPresent(counts -> {
          Map<String, Object> each = new LinkedHashMap<>();
          each.put("train", counts.train());
          each.put("val", counts.val());
          each.put("test", counts.test());
          each.put("source", counts.source());
          json.put("classCounts", each);
        });
    List<Object> files = new ArrayList<>();
    for (DatasetManifest.PublishedFile file : m.files()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("name", file.name());
      each.put("pixels", file.pixels());
      each.put("imageBytes", m.imageBytes(file));
      each.put("url", file.url());
      each.put("md5", file.md5());
      each.put("sha256", sha256(file).orElse(null));
      files.add(each);
    }
    json.put("files", files);
    json.put("here", here.stream().map(RootOption.Found::toJson).toList());
    return json;
  }
}

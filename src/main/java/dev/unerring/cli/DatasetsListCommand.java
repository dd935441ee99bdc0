// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.Json;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.Task;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring datasets list}: the known sets, and which of their files are here. */
@Command(
    name = "list",
    description = "Lists the known data sets and which of their files are here.",
    mixinStandardHelpOptions = true)
final class DatasetsListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RootOption root;

  @Option(names = "--verify", description = "Compare the MD5 of each file that is here.")
  private boolean verify;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  DatasetsListCommand() {}

  @Override
  public Integer call() {
    WorkTerminal terminal = WorkTerminal.of(spec);
    List<String> flags = new ArrayList<>(DatasetManifest.flags());
    flags.add(DatasetManifest.DEMO);
    List<Object> sets = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    lines.add(row("flag", "task", "classes", "image", "train", "val", "test", "sizes", "here"));
    for (String flag : flags) {
      DatasetManifest manifest = DatasetManifest.require(flag);
      List<RootOption.Found> here = root.found(manifest, verify, terminal);
      sets.add(json(manifest, here));
      lines.add(row(manifest, here));
    }
    terminal.clear();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.pretty(sets));
    } else {
      lines.forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private static String row(DatasetManifest m, List<RootOption.Found> here) {
    return row(
        m.flag(),
        m.task().manifestName(),
        m.classes() + (m.task() == Task.MULTI_LABEL ? " labels" : ""),
        m.dimensions() + (m.channels() == 3 ? "D RGB" : "D grey"),
        String.valueOf(m.train()),
        String.valueOf(m.val()),
        String.valueOf(m.test()),
        sizes(m).stream().map(String::valueOf).collect(Collectors.joining(" ")),
        here.stream()
            .map(found -> found.pixels() + " " + found.state())
            .collect(Collectors.joining(", ")));
  }

  private static String row(String... cells) {
    return String.format(Locale.ROOT, "%-16s%-27s%-10s%-9s%7s%7s%7s  %-15s%s", (Object[]) cells)
        .stripTrailing();
  }

  private static List<Integer> sizes(DatasetManifest manifest) {
    return manifest.files().stream().map(DatasetManifest.PublishedFile::pixels).toList();
  }

  private static Map<String, Object> json(DatasetManifest m, List<RootOption.Found> here) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("flag", m.flag());
    json.put("title", m.title());
    json.put("task", m.task().manifestName());
    json.put("classes", m.classes());
    json.put("dimensions", m.dimensions());
    json.put("channels", m.channels());
    json.put("train", m.train());
    json.put("val", m.val());
    json.put("test", m.test());
    json.put("sizes", sizes(m));
    json.put("here", here.stream().map(RootOption.Found::toJson).toList());
    return json;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a figure depends on, as Linux and the JVM describe it. */
final class Machine {
  private static final List<String> FLAGS =
      List.of("avx2", "fma", "avx512f", "avx512vl", "avx512dq", "avx512bw", "asimd");

  private Machine() {}

  /** Everything but the load. */
  static Map<String, Object> describe(String kernelSet) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cpu", cpu());
    List<String> flags = List.of(cpuinfo("flags", "Features").split(" "));
    json.put("instructionSets", FLAGS.stream().filter(flags::contains).toList());
    json.put("cores", Runtime.getRuntime().availableProcessors());
    json.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
    json.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version").replaceFirst("-.*", ""));
    json.put("kernelSet", kernelSet);
    json.put("gitRevision", revision());
    return json;
  }

  /** The three load averages. */
  static String load() {
    List<String> parts = List.of(read(Path.of("/proc/loadavg")).split(" "));
    return parts.size() < 3 ? "unknown" : String.join(" ", parts.subList(0, 3));
  }

  /** A short name for files: the processor and the number of cores. */
  static String slug() {
    String name = cpu().toLowerCase(Locale.ROOT).replaceAll("\\(r\\)|\\(tm\\)|@.*", " ");
    String plain = name.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return plain + "-" + Runtime.getRuntime().availableProcessors() + "-cores";
  }

  private static String cpu() {
    String name = cpuinfo("model name");
    return name.isEmpty() ? System.getProperty("os.arch") : name;
  }

  private static String cpuinfo(String... keys) {
    for (String line : read(Path.of("/proc/cpuinfo")).split("\n")) {
      for (String key : keys) {
        if (line.startsWith(key)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return "";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return ""; // another system
    }
  }

  private static String revision() {
    String revision = git("rev-parse", "HEAD");
    return git("status", "--porcelain").isEmpty() ? revision : revision + "-modified";
  }

  private static String git(String... words) {
    try {
      ArrayList<String> command = new ArrayList<>(List.of("git"));
      command.addAll(List.of(words));
      Process process =
          new ProcessBuilder(command)
              .directory(Settings.home().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      byte[] text = process.getInputStream().readAllBytes();
      return new String(text, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

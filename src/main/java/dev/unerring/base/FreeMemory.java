// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import com.sun.management.OperatingSystemMXBean;
import dev.unerring.DeviceException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What this process may take in all, its present memory included: the least of the machine's free
 * memory, the limits of the control groups that it is in (version 1 or 2, all groups above it), and
 * the address space of {@code ulimit -v}. Files in the page cache count as free, since the kernel
 * drops them first; swap does not count.
 *
 * @param bytes at least 0
 * @param taken of these, what the process has taken already
 * @param limit what sets it, for messages
 */
public record FreeMemory(long bytes, long taken, String limit) {
  /** Version 1 writes about 2^63 where there is no limit. */
  private static final long UNLIMITED = 1L << 60;

  /** Names of the files of one version of control groups. */
  private record GroupFiles(List<String> limits, String usage, List<String> cached) {}

  private static final GroupFiles VERSION_2 =
      new GroupFiles(
          List.of("memory.max", "memory.high"),
          "memory.current",
          List.of("inactive_file", "active_file", "slab_reclaimable"));

  private static final GroupFiles VERSION_1 =
      new GroupFiles(
          List.of("memory.limit_in_bytes"),
          "memory.usage_in_bytes",
          List.of("total_inactive_file", "total_active_file"));

  /** Bytes of the Java heap that everything small takes. */
  private static final long SMALL = 12L << 20;

  /** Asks for Java heap, and takes none; see {@link #requireHeap(long, long, String)}. */
  public static void requireHeap(long bytes, String what) {
    requireHeap(bytes, Runtime.getRuntime().maxMemory(), what);
  }

  /**
   * Refuses what the Java heap cannot hold.
   *
   * @param bytes that are in use at once
   * @param largest bytes of the heap at most
   * @param what needs it, for the message
   * @throws DeviceException with the option that helps
   */
  public static void requireHeap(long bytes, long largest, String what) {
    if (bytes + SMALL > largest) {
      throw new DeviceException(
          what
              + " needs "
              + Sizes.text(bytes + SMALL)
              + " of Java heap, the JVM may take "
              + Sizes.text(largest)
              + "; set the environment variable JAVA_TOOL_OPTIONS=-Xmx"
              + (((bytes + SMALL) * 5 / 4 >> 20) + 1)
              + "m");
    }
  }

  /** As it is now. */
  public static FreeMemory now() {
    return of(Path.of("/"));
  }

  /** All memory of the machine, or of the container as the JVM sees it. */
  public static long ofMachine() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** What {@link #now} says, from the files proc/... and sys/fs/cgroup/... below a folder. */
  static FreeMemory of(Path root) {
    Path self = root.resolve("proc/self");
    long own = Math.max(0, value(self.resolve("status"), "RssAnon:")) << 10;
    List<FreeMemory> limits = new ArrayList<>();
    long machine = value(root.resolve("proc/meminfo"), "MemAvailable:");
    limits.add(
        machine < 0
            ? new FreeMemory(ofMachine(), 0, "the machine has")
            : new FreeMemory(own + (machine << 10), own, "the machine has"));
    for (String line : lines(self.resolve("cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        groups(root, "cgroup2", parts[2], VERSION_2, own, limits);
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        groups(root, "cgroup", parts[2], VERSION_1, own, limits);
      }
    }
    long space = value(self.resolve("limits"), "Max address space");
    long taken = value(self.resolve("status"), "VmSize:");
    if (space >= 0 && taken >= 0) {
      limits.add(new FreeMemory(own + Math.max(0, space - (taken << 10)), own, "ulimit -v leaves"));
    }
    FreeMemory least = limits.getFirst();
    for (FreeMemory each : limits) {
      least = each.bytes < least.bytes ? each : least;
    }
    return least;
  }

  /** Adds the limits of a group and of all groups above it, as far as they are mounted. */
  private static void groups(
      Path root, String type, String group, GroupFiles names, long own, List<FreeMemory> limits) {
    for (String line : lines(root.resolve("proc/self/mountinfo"))) {
      int dash = line.indexOf(" - ");
      String[] mount = line.split(" ");
      boolean ofType = dash > 0 && line.startsWith(type + " ", dash + 3) && mount.length > 5;
      if (!ofType) {
        continue;
      }
      Path top = root.resolve(unescaped(mount[4]).substring(1));
      String above = mount[3].equals("/") ? "" : unescaped(mount[3]);
      boolean inside = group.equals(above) || group.startsWith(above + "/");
      Path at = top.resolve(inside ? group.substring(above.length()).replaceFirst("^/", "") : "");
      for (Path each = at.normalize(); each.startsWith(top); each = each.getParent()) {
        group(each, names, own, limits);
      }
    }
  }

  private static void group(Path folder, GroupFiles names, long own, List<FreeMemory> limits) {
    for (String name : names.limits) {
      long limit = number(folder.resolve(name));
      long usage = number(folder.resolve(names.usage));
      if (limit < 0 || limit >= UNLIMITED || usage < 0) {
        continue;
      }
      long cached = 0;
      for (String key : names.cached) {
        cached += Math.max(0, value(folder.resolve("memory.stat"), key + " "));
      }
      long free = limit - Math.max(0, usage - cached);
      long bytes = Math.min(limit, own + Math.max(0, free));
      limits.add(new FreeMemory(bytes, own, "the container's limit (" + name + ") leaves"));
    }
  }

  /** The mount table writes blanks and backslashes of paths as octal numbers. */
  private static String unescaped(String path) {
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
  }

  private static long number(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? -1 : parsed(lines.getFirst().strip());
  }

  /** The number behind a key at the beginning of a line; -1 where there is none. */
  private static long value(Path file, String key) {
    for (String line : lines(file)) {
      if (line.startsWith(key)) {
        return parsed(line.substring(key.length()).strip().split("\\s")[0]);
      }
    }
    return -1;
  }

  private static long parsed(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
    } catch (IOException e) {
      return List.of(); // another system, or no such limit
    }
  }
}

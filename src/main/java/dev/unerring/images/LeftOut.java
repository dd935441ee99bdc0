// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Files and folders that desktops, network drives and editors make beside the user's own:
 * thumbnails, bins, indexes. All hidden names belong to them.
 */
final class LeftOut {
  private static final List<String> NAMES =
      List.of(
          "thumbs.db",
          "ehthumbs.db",
          "ehthumbs_vista.db",
          "desktop.ini",
          "zbthumbnail.info",
          "picasa.ini",
          "icon\r",
          "__macosx",
          "__pycache__",
          "lost+found",
          "lost and found",
          "system volume information",
          "recycler",
          "recycled",
          "network trash folder",
          "temporary items",
          "thevolumesettingsfolder",
          "@eadir",
          "@tmp",
          "@recycle",
          "@recently-snapshot",
          "@__thumb",
          "#recycle",
          "#snapshot",
          "$recycle.bin",
          "$recycle");

  private static final int SHOWN = 6;

  private final TreeSet<String> names = new TreeSet<>();
  private int count;

  /** Whether a file or folder is one of them; it is counted then. */
  boolean add(Path file) {
    if (isOne(file)) {
      names.add(file.getFileName().toString().strip());
      count++;
      return true;
    }
    return false;
  }

  /** A line that says what was left out; empty for nothing. */
  String note() {
    return count == 0
        ? ""
        : "left out, as hidden or made by a desktop or network drive: "
            + count
            + (count == 1 ? " entry, " : " entries, ")
            + String.join(", ", names.stream().limit(SHOWN).toList())
            + (names.size() > SHOWN ? ", ..." : "");
  }

  /** Whether one of the parts of a path is one of them. */
  static boolean isWithin(Path path) {
    for (Path part : path) {
      boolean step = part.toString().equals(".") || part.toString().equals("..");
      if (!step && isOne(part)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOne(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith(".") || NAMES.contains(name.toLowerCase(Locale.ROOT));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Names;
import dev.unerring.npz.NpzReader;
import dev.unerring.npz.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What stands in {@code X.pack.json} beside a packed {@code X.npz} and is needed to read it: the
 * names of its labels, and how pictures were resized. The file belongs to exactly one npz file,
 * whose SHA-256 it holds.
 *
 * @param sha256 of the npz file
 * @param task what the labels ask for
 * @param labelNames by class number (by column for multi-label sets)
 * @param fit how pictures were brought to the size of the set
 */
public record PackFile(String sha256, Task task, List<String> labelNames, Fit fit) {
  /** The value of {@code format}. */
  public static final String FORMAT = "unerring-pack-1";

  private static final List<String> TASKS =
      Stream.of(Task.values()).map(Task::manifestName).toList();
  private static final int MAX_BYTES = 1 << 22;
  private static final int LONGEST_NAME = 200;

  /** Takes a copy of the names. */
  public PackFile {
    labelNames = List.copyOf(labelNames);
  }

  /** Where the file of {@code npz} stands. */
  public static Path of(Path npz) {
    return npz.resolveSibling(NpzReader.stem(npz) + ".pack.json");
  }

  /**
   * Whether {@code name} can be the name of a label: short, not blank, no control character and
   * none that turns the direction of writing.
   */
  public static boolean isLabelName(String name) {
    return !Names.normal(name).isEmpty()
        && name.length() <= LONGEST_NAME
        && !Names.turnsDirection(name)
        && name.chars().noneMatch(Character::isISOControl);
  }

  /**
   * The file beside {@code npz}, if there is one.
   *
   * @throws DataException when it is damaged, or belongs to another npz file
   */
  static Optional<PackFile> beside(Path npz, String sha256) {
    Path file = of(npz);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    PackFile pack;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw refusal(file, "it has more than " + MAX_BYTES + " bytes");
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      pack = parse(file, (Map<?, ?>) json(file, text));
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    } catch (ClassCastException e) {
      throw refusal(file, "a value is not of the type that it must have");
    }
    if (!pack.sha256.equals(sha256)) {
      throw refusal(
          file,
          "it belongs to a file with SHA-256 "
              + Refusal.printable(pack.sha256)
              + ", but "
              + npz.getFileName()
              + " has "
              + sha256);
    }
    return Optional.of(pack);
  }

  private static Object json(Path file, String text) {
    try {
      return Json.parse(text);
    } catch (DataException e) {
      throw refusal(file, e.getMessage());
    }
  }

  private static PackFile parse(Path file, Map<?, ?> json) {
    if (!FORMAT.equals(json.get("format"))) {
      throw refusal(file, "its format is not " + FORMAT);
    }
    for (String key : List.of("sha256", "task", "labels", "fit")) {
      if (json.get(key) == null) {
        throw refusal(file, "\"" + key + "\" is missing");
      }
    }
    List<String> names = new ArrayList<>();
    for (Object name : (List<?>) json.get("labels")) {
      if (!(name instanceof String text) || !isLabelName(text) || names.contains(text)) {
        throw refusal(file, "a name of \"labels\" is no name, or stands there twice");
      }
      names.add(text);
    }
    String task = (String) json.get("task");
    if (!TASKS.contains(task)) {
      throw refusal(file, Refusal.printable(task) + " is not a task");
    }
    String word = (String) json.get("fit");
    Fit fit =
        Fit.of(word)
            .orElseThrow(() -> refusal(file, Refusal.printable(word) + " is not a rule of fit"));
    return new PackFile((String) json.get("sha256"), Task.fromManifest(task), names, fit);
  }

  private static DataException refusal(Path file, String reason) {
    return Refusal.file(
        file, reason, "pack the set again, or remove this file to use the set without its names");
  }

  /**
   * The identity of an unknown file with the names that it was packed with.
   *
   * @param labels that the file needs: one more than its highest label, or its columns
   */
  DatasetIdentity name(Path npz, DatasetIdentity unknown, int labels) {
    boolean multiLabel = unknown.description().task() == Task.MULTI_LABEL;
    if (multiLabel != (task == Task.MULTI_LABEL)
        || (multiLabel ? labels != labelNames.size() : labels > labelNames.size())) {
      throw refusal(
          of(npz),
          labelNames.size()
              + " labels ("
              + task.manifestName()
              + ") do not fit the set's "
              + labels);
    }
    return new DatasetIdentity(
        unknown.name(),
        false,
        Optional.empty(),
        new SetDescription(task, labelNames, true, Optional.of(fit)),
        npz + " is a packed set; its label names are those of " + of(npz).getFileName() + ".");
  }
}

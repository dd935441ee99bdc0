// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.DataException;
import dev.unerring.run.TrainedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The records of a finished run as they stand in its folder. A file that was changed since is not
 * read; what a record does not hold is null.
 */
public final class RunRecords {
  private final TrainedRun run;
  private final Map<?, ?> result;
  private final Map<?, ?> audit;

  private RunRecords(TrainedRun run) {
    this.run = run;
    this.result = run.report().toJson();
    this.audit = run.object("audit.json");
  }

  /**
   * Opens the folder of a run.
   *
   * @throws DataException where it is no finished run of this version
   * @throws dev.unerring.VerificationException where a record was changed
   */
  public static RunRecords open(Path path) {
    return new RunRecords(TrainedRun.open(path));
  }

  /** Where the run is. */
  public Path path() {
    return run.path();
  }

  /** Name of the folder, as the run's name. */
  public String name() {
    return run.name();
  }

  /** The object of result.json. */
  public Map<?, ?> result() {
    return result;
  }

  /** The object of audit.json. */
  public Map<?, ?> audit() {
    return audit;
  }

  /** The object of another file of JSON. */
  public Map<?, ?> object(String name) {
    return run.object(name);
  }

  /** A value of result.json as text; a dash where it has none. */
  public String text(String key) {
    return text(result, key);
  }

  /** A value of an object as text; a dash where it has none. */
  public static String text(Map<?, ?> object, String key) {
    Object value = object.get(key);
    return value == null ? "–" : String.valueOf(value);
  }

  /** A number of an object; NaN where it has none. */
  public static double number(Map<?, ?> object, String key) {
    return object.get(key) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** An object in an object; empty where there is none. */
  public static Map<?, ?> map(Map<?, ?> object, String key) {
    return object.get(key) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** The objects of a list; what is no object is left out. */
  public static List<Map<?, ?>> maps(Map<?, ?> object, String key) {
    List<Map<?, ?>> maps = new ArrayList<>();
    list(object, key)
        .forEach(each -> {
          if (each instanceof Map<?, ?> map) {
            maps.add(map);
          }
        });
    return maps;
  }

  /** A list in an object; empty where there is none. */
  public static List<?> list(Map<?, ?> object, String key) {
    return object.get(key) instanceof List<?> list ? list : List.of();
  }

  /** Names of the classes or labels, by number. */
  public List<String> labels() {
    return list(result, "labels").stream().map(String::valueOf).toList();
  }

  /** The audit's object of a split; empty where there is none. */
  public Map<?, ?> split(String name) {
    return maps(audit, "splits").stream()
        .filter(each -> name.equals(each.get("split")))
        .findFirst()
        .orElse(Map.of());
  }

  /** The rows of a table of the folder, each by the names of the first line. */
  public List<Map<String, String>> table(String file) {
    List<String> lines = run.text(file).lines().toList();
    if (lines.isEmpty()) {
      throw damaged(file);
    }
    String[] names = lines.getFirst().split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      if (fields.length != names.length) {
        throw damaged(file);
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        row.put(names[i], fields[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private DataException damaged(String file) {
    return new DataException(
        run.file(file) + " is damaged; put the right file back, or train again");
  }
}

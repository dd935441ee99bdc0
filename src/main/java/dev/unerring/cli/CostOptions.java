// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Names;
import dev.unerring.base.NearestNames;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.Costs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a user says of costs, before the classes are known. The file is a JSON object: {@code
 * costs}, a square list of rows, given class by predicted class, and {@code classes}, the name or
 * number of the class of each row and column; without it they are in the order of the data.
 *
 * @param file the error-cost matrix; null for none
 * @param classWeights {@code balanced}, one weight a class, or {@code class=weight} for some of
 *     them, with commas; null for none
 * @param neverMiss name or number of the class that must not be missed; null for none
 */
record CostOptions(Path file, String classWeights, String neverMiss)
    implements Function<Dataset, Costs> {
  /** class=weight; the name of a class may hold commas. */
  private static final Pattern WEIGHT = Pattern.compile("([^=]+)=([^,=]*)(?:,(?=.)|$)");

  /**
   * The costs for these data, which have one class a sample.
   *
   * @throws UsageException where an option is wrong
   * @throws DataException where the file is no error-cost matrix of these classes
   */
  @Override
  public Costs apply(Dataset data) {
    List<String> names = data.labelNames();
    List<Double> weights = weights(data.train(), names);
    List<List<Double>> matrix =
        file == null ? Costs.uniform(names.size(), -1).matrix() : matrix(names);
    List<List<Double>> product = new ArrayList<>();
    for (int given = 0; given < names.size(); given++) {
      double weight = weights.get(given);
      product.add(matrix.get(given).stream().map(cost -> weight * cost).toList());
    }
    int missed = neverMiss == null ? -1 : number(neverMiss, names);
    if (neverMiss != null && missed < 0) {
      throw new UsageException("--never-miss: " + unknown(neverMiss, names));
    }
    try {
      return new Costs(product, missed);
    } catch (IllegalArgumentException e) {
      String named =
          file == null
              ? "--class-weights"
              : classWeights == null ? "--costs" : "--class-weights times --costs";
      throw new UsageException(named + ": " + e.getMessage(), e);
    }
  }

  // ---- the matrix ----

  private List<List<Double>> matrix(List<String> names) {
    Map<?, ?> json = object();
    for (Object key : json.keySet()) {
      if (!key.equals("costs") && !key.equals("classes")) {
        throw new DataException(file + ": unknown key '" + key + "'; it has costs and classes");
      }
    }
    if (!json.containsKey("costs")) {
      throw new DataException(file + " has no 'costs', the rows of the error-cost matrix");
    }
    List<List<Double>> rows = Costs.rows(json.get("costs"), file.toString());
    if (rows.size() != names.size()) {
      throw new DataException(
          file
              + " has "
              + rows.size()
              + " rows of costs, the data have "
              + names.size()
              + " classes: "
              + listed(names));
    }
    try {
      Costs checked = new Costs(rows, -1);
      return json.containsKey("classes")
          ? ordered(checked.matrix(), classes(json.get("classes"), names))
          : checked.matrix();
    } catch (IllegalArgumentException e) {
      throw new DataException(file + ": " + e.getMessage(), e);
    }
  }

  private Map<?, ?> object() {
    try {
      Object json = Json.parse(Files.readString(file, StandardCharsets.UTF_8));
      if (json instanceof Map<?, ?> map) {
        return map;
      }
    } catch (IOException e) {
      throw new DataException("--costs " + file + " cannot be read: " + IoReason.of(e), e);
    } catch (DataException e) {
      throw new DataException(file + " is no error-cost matrix: " + e.getMessage(), e);
    }
    throw new DataException(
        file + " is no error-cost matrix: a JSON object with costs is expected");
  }

  /** The class of each row, by number. */
  private int[] classes(Object json, List<String> names) {
    if (!(json instanceof List<?> list) || list.size() != names.size()) {
      throw new DataException(file + ": 'classes' is not a list of " + names.size() + " classes");
    }
    int[] classes = new int[names.size()];
    for (int row = 0; row < classes.length; row++) {
      String name = String.valueOf(list.get(row));
      classes[row] = number(name, names);
      if (classes[row] < 0) {
        throw new DataException(file + ": " + unknown(name, names));
      }
      for (int before = 0; before < row; before++) {
        if (classes[before] == classes[row]) {
          throw new DataException(file + ": 'classes' names the class '" + name + "' twice");
        }
      }
    }
    return classes;
  }

  private static List<List<Double>> ordered(List<List<Double>> rows, int[] classes) {
    Double[][] matrix = new Double[classes.length][classes.length];
    for (int row = 0; row < classes.length; row++) {
      for (int column = 0; column < classes.length; column++) {
        matrix[classes[row]][classes[column]] = rows.get(row).get(column);
      }
    }
    return Arrays.stream(matrix).map(List::of).toList();
  }

  // ---- weights and names ----

  private List<Double> weights(Split train, List<String> names) {
    int classes = names.size();
    if (classWeights == null) {
      return Collections.nCopies(classes, 1.0);
    }
    if (classWeights.equals("balanced")) {
      return balanced(train, classes);
    }
    return classWeights.contains("=") ? named(names) : listed(classes);
  }

  private List<Double> listed(int classes) {
    List<Double> weights = new ArrayList<>();
    for (String part : classWeights.split(",", -1)) {
      weights.add(weight(part));
    }
    if (weights.size() != classes) {
      throw new UsageException(
          "--class-weights gives " + weights.size() + " weights for " + classes + " classes");
    }
    return weights;
  }

  private List<Double> named(List<String> names) {
    Double[] weights = new Double[names.size()];
    Matcher part = WEIGHT.matcher(classWeights);
    int at = 0;
    for (; part.find() && part.start() == at; at = part.end()) {
      int number = number(part.group(1), names);
      if (number < 0) {
        throw new UsageException("--class-weights: " + unknown(part.group(1), names));
      }
      if (weights[number] != null) {
        throw new UsageException(
            "--class-weights names the class '" + names.get(number) + "' twice");
      }
      weights[number] = weight(part.group(2));
    }
    if (at < classWeights.length()) {
      throw new UsageException(
          "--class-weights: '" + classWeights.substring(at) + "' is no class=weight");
    }
    return Arrays.stream(weights)
        .map(weight -> weight == null ? Double.valueOf(1.0) : weight)
        .toList();
  }

  private static double weight(String text) {
    try {
      double weight = Double.parseDouble(text);
      if (weight > 0 && Double.isFinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException e) {
      throw new UsageException(
          "--class-weights: '"
              + text
              + "' is not a number; give balanced, a number a class, or"
              + " class=number",
          e);
    }
    throw new UsageException("--class-weights: a weight is a number above 0, not " + text);
  }

  /** Samples / (classes * samples of the class). */
  private static List<Double> balanced(Split train, int classes) {
    int[] counts = new int[classes];
    for (int n = 0; n < train.size(); n++) {
      counts[train.label(n, 0)]++;
    }
    return Arrays.stream(counts)
        .mapToObj(count -> count == 0 ? 1.0 : train.size() / ((double) classes * count))
        .toList();
  }

  /** The class with this name (in its normal form), else with this number; -1 for none. */
  private static int number(String name, List<String> names) {
    if (names.contains(name)) {
      return names.indexOf(name);
    }
    List<String> alike = names.stream().filter(each -> Names.same(each, name)).toList();
    if (alike.size() == 1) {
      return names.indexOf(alike.getFirst());
    }
    String text = Names.normal(name);
    boolean digits = text.matches("[0-9]{1,6}");
    return digits && Integer.parseInt(text) < names.size() ? Integer.parseInt(text) : -1;
  }

  /** Numbers and names, because a name may hold commas. */
  private static String listed(List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(number -> {
          String name = names.get(number);
          return name.equals(String.valueOf(number)) ? name : number + " '" + name + "'";
        })
        .collect(Collectors.joining(", "));
  }

  private static String unknown(String name, List<String> names) {
    return "there is no class '"
        + name
        + "'; the classes are "
        + listed(names)
        + NearestNames.question(name, names);
  }
}

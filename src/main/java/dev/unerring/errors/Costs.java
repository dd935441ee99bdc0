// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What each error costs. Class weights are rows of equal costs, so one matrix holds both. A class
 * that must never be missed comes before everything else: one of its samples taken for another
 * class weighs more than all other errors together, in every order and comparison, but not in the
 * expected cost.
 *
 * @param matrix cost by given (row) and predicted class (column), 0 or 1e-9 to 1e9, the diagonal 0,
 *     no row of zeros only; empty where every error costs the same
 * @param neverMiss number of that class, -1 for none
 */
public record Costs(List<List<Double>> matrix, int neverMiss) {
  /** Every error costs the same. */
  public static final Costs NONE = new Costs(List.of(), -1);

  // Beyond these the weights of samples, their sums and the expected cost leave the numbers.
  private static final double LEAST = 1e-9;
  private static final double MOST = 1e9;

  /** Checks the matrix; {@link IllegalArgumentException} with what is wrong with it. */
  public Costs {
    List<List<Double>> rows = new ArrayList<>();
    matrix.forEach(row -> rows.add(List.copyOf(row)));
    matrix = List.copyOf(rows);
    for (int given = 0; given < matrix.size(); given++) {
      checkRow(matrix.get(given), given, matrix.size());
    }
    boolean known = neverMiss == -1 || (neverMiss >= 0 && neverMiss < matrix.size());
    if (!known) {
      throw new IllegalArgumentException(
          "there is no class " + neverMiss + " in a matrix of " + matrix.size());
    }
  }

  private static void checkRow(List<Double> row, int given, int classes) {
    if (row.size() != classes) {
      throw new IllegalArgumentException(
          "the matrix is not square: row "
              + given
              + " has "
              + row.size()
              + " costs, not "
              + classes);
    }
    double sum = 0.0;
    for (int predicted = 0; predicted < classes; predicted++) {
      double cost = row.get(predicted);
      String cell = "the cost in row " + given + ", column " + predicted + " is " + cost;
      if (!Double.isFinite(cost)) {
        throw new IllegalArgumentException(cell + ", not a finite number");
      }
      if (cost < 0) {
        throw new IllegalArgumentException(cell + "; a cost is 0 or more");
      }
      if (cost > MOST || (cost > 0 && cost < LEAST)) {
        throw new IllegalArgumentException(
            cell + "; a cost is 0, or from " + LEAST + " to " + MOST + ": scale them all");
      }
      if (predicted == given && cost != 0) {
        throw new IllegalArgumentException(cell + "; on the diagonal is no error, so it is 0");
      }
      sum += cost;
    }
    if (sum == 0.0) {
      throw new IllegalArgumentException(
          "row "
              + given
              + " has no cost above 0, so its class would not be learned; give small costs");
    }
  }

  /** Every error costs 1. */
  public static Costs uniform(int classes, int neverMiss) {
    return weighted(Collections.nCopies(classes, 1.0), neverMiss);
  }

  /** Every error costs the weight of the given class. */
  public static Costs weighted(List<Double> classWeights, int neverMiss) {
    int classes = classWeights.size();
    List<List<Double>> rows = new ArrayList<>();
    for (int given = 0; given < classes; given++) {
      List<Double> row = new ArrayList<>(Collections.nCopies(classes, classWeights.get(given)));
      row.set(given, 0.0);
      rows.add(row);
    }
    return new Costs(rows, neverMiss);
  }

  /** Whether every error costs the same, and nothing comes first. */
  public boolean none() {
    return matrix.isEmpty();
  }

  /** Cost of one error; an open tie or NaN costs the most that its row knows. */
  public double of(Misclassification error) {
    if (none()) {
      return 1.0;
    }
    List<Double> row = matrix.get(error.givenLabel());
    return error.tie() ? Collections.max(row) : row.get(error.predictedLabel());
  }

  /** Sum of the costs; without costs the number of errors. */
  public double total(ErrorList errors) {
    return errors.errors().stream().mapToDouble(this::of).sum();
  }

  /** Samples of the class that must not be missed that are taken for another; -1 without one. */
  public int missed(ErrorList errors) {
    return neverMiss < 0 ? -1 : (int) errors.errors().stream().filter(this::missed).count();
  }

  private boolean missed(Misclassification error) {
    return neverMiss >= 0 && error.givenLabel() == neverMiss;
  }

  /** Below 0 where {@code a} is better: fewer missed, then cheaper, then fewer errors. */
  public int compare(ErrorList a, ErrorList b) {
    int byMissed = Integer.compare(missed(a), missed(b));
    int byCost = Double.compare(total(a), total(b));
    return byMissed != 0 ? byMissed : byCost != 0 ? byCost : Integer.compare(a.count(), b.count());
  }

  /** The errors in the order in which they are corrected: the costliest first, then by sample. */
  public List<Misclassification> descending(ErrorList errors) {
    List<Misclassification> sorted = new ArrayList<>(errors.errors());
    sorted.sort(this::compare); // stable, and the list is in the order of the samples
    return List.copyOf(sorted);
  }

  private int compare(Misclassification a, Misclassification b) {
    int byMissed = Boolean.compare(missed(b), missed(a));
    return byMissed != 0 ? byMissed : Double.compare(of(b), of(a));
  }

  /** The errors that come first: all of the largest cost, all of them without costs. */
  public List<Misclassification> first(ErrorList errors) {
    List<Misclassification> sorted = descending(errors);
    return sorted.stream().filter(error -> compare(error, sorted.getFirst()) == 0).toList();
  }

  /** For each error, in the list's order, how many larger costs there are among them. */
  public int[] turns(ErrorList errors) {
    TreeSet<Misclassification> larger = new TreeSet<>(this::compare);
    larger.addAll(errors.errors());
    return errors.errors().stream().mapToInt(error -> larger.headSet(error).size()).toArray();
  }

  /** As in plan.json. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("matrix", List.copyOf(matrix));
    json.put("neverMiss", neverMiss < 0 ? null : (Object) (long) neverMiss);
    return json;
  }

  /**
   * Reads what {@link #toJson} has written.
   *
   * @param source name of the file, for messages
   * @throws DataException where it is something else
   */
  public static Costs fromJson(Object json, String source) {
    if (!(json instanceof Map<?, ?> map)) {
      throw new DataException(source + ": costs are an object with matrix and neverMiss");
    }
    for (Object key : map.keySet()) {
      if (!key.equals("matrix") && !key.equals("neverMiss")) {
        throw new DataException(source + ": unknown key '" + key + "' in the costs");
      }
    }
    Object missed = map.get("neverMiss");
    if (missed != null && !(missed instanceof Long)) {
      throw new DataException(source + ": neverMiss is the number of a class, or null");
    }
    int neverMiss = missed == null ? -1 : Math.clamp((Long) missed, -2, Integer.MAX_VALUE);
    try {
      return new Costs(rows(map.get("matrix"), source), neverMiss);
    } catch (IllegalArgumentException e) {
      throw new DataException(source + ": " + e.getMessage(), e);
    }
  }

  /**
   * A matrix as JSON holds it.
   *
   * @throws DataException where it is not a list of lists of numbers
   */
  public static List<List<Double>> rows(Object json, String source) {
    if (!(json instanceof List<?> list)) {
      throw new DataException(source + ": the matrix of costs is not a list of rows");
    }
    List<List<Double>> rows = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof List<?> values)) {
        throw new DataException(source + ": row " + rows.size() + " of the costs is not a list");
      }
      List<Double> row = new ArrayList<>();
      for (Object value : values) {
        if (!(value instanceof Number number)) {
          throw new DataException(
              source
                  + ": the cost in row "
                  + rows.size()
                  + ", column "
                  + row.size()
                  + " is not a number");
        }
        row.add(number.doubleValue());
      }
      rows.add(row);
    }
    return rows;
  }
}

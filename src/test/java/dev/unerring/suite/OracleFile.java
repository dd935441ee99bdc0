// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/**
 * An npz file of expected values, read without the engine's own reader: float32, float64, int64 and
 * uint8 arrays of any rank, C order. The folder is ../shared/oracle beside the checkout or {@code
 * -Dtest.oracle=}.
 */
final class OracleFile {
  private static final Pattern DESCRIPTION =
      Pattern.compile(
          "\\{'descr': '(<f4|<f8|<i8|\\|u1)', 'fortran_order': False, 'shape': \\(([\\d, ]*)\\),"
              + " *\\}\\s*");

  /**
   * An array; every type widened to binary64, which holds these values exactly.
   *
   * @param shape extents, outermost first; empty for a single number
   * @param values elements in C order
   */
  record Array(int[] shape, double[] values) {
    float[] floats() {
      float[] all = new float[values.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = (float) values[i];
      }
      return all;
    }

    int[] ints() {
      int[] all = new int[values.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = (int) values[i];
      }
      return all;
    }

    /** The only element. */
    double number() {
      if (values.length != 1) {
        throw new IllegalStateException("an array of " + values.length + " is not a number");
      }
      return values[0];
    }

    /** Elements [begin, end) of the outermost extent, one after another. */
    Array rows(int begin, int end) {
      int row = values.length / shape[0];
      int[] part = shape.clone();
      part[0] = end - begin;
      return new Array(part, Arrays.copyOfRange(values, begin * row, end * row));
    }

    /** (N, C, positions...) to (N, positions..., C): activations in the engine's order. */
    Array channelsLast() {
      int outer = shape[0];
      int channels = shape[1];
      int inner = values.length / outer / channels;
      double[] moved = new double[values.length];
      for (int i = 0; i < moved.length; i++) {
        int n = i / channels / inner;
        moved[(n * inner + i % inner) * channels + i / inner % channels] = values[i];
      }
      int[] extents = shape.clone();
      System.arraycopy(shape, 2, extents, 1, shape.length - 2);
      extents[shape.length - 1] = channels;
      return new Array(extents, moved);
    }

    /** (out, in, taps...) to (taps..., in, out): weights in the engine's order. */
    Array weightsLast() {
      int out = shape[0];
      int in = shape[1];
      int taps = values.length / out / in;
      double[] moved = new double[values.length];
      for (int i = 0; i < moved.length; i++) {
        int o = i / taps / in;
        moved[(i % taps * in + i / taps % in) * out + o] = values[i];
      }
      return new Array(new int[] {taps, in, out}, moved);
    }
  }

  private final Map<String, Array> arrays = new TreeMap<>();

  private OracleFile() {}

  /** Reads a file of the oracle; where it is absent, says so and the test counts as skipped. */
  static OracleFile read(String name) {
    Path base = Path.of(System.getProperty("basedir", ""));
    Path folder =
        Path.of(System.getProperty("test.oracle", base.resolve("../shared/oracle").toString()));
    Path file = folder.toAbsolutePath().normalize().resolve(name);
    if (!Files.isRegularFile(file)) {
      String reason =
          "SKIPPED, no oracle: " + file + " is absent (-Dtest.oracle= names its folder)";
      System.err.println(reason);
      Assumptions.abort(reason);
    }
    OracleFile oracle = new OracleFile();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          String key = entry.getName().replaceFirst("\\.npy$", "");
          oracle.arrays.put(key, array(key, in.readAllBytes()));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read the oracle " + file, e);
    }
    return oracle;
  }

  /** The array {@code case/name}. */
  Array get(String key) {
    Array array = arrays.get(key);
    if (array == null) {
      throw new IllegalStateException("the oracle has no " + key + " but " + arrays.keySet());
    }
    return array;
  }

  /** Whether the array is there. */
  boolean has(String key) {
    return arrays.containsKey(key);
  }

  /** The cases whose names start with the prefix, sorted. */
  List<String> cases(String prefix) {
    return arrays.keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(0, key.indexOf('/')))
        .distinct()
        .toList();
  }

  private static Array array(String key, byte[] npy) {
    ByteBuffer in = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    boolean magic = new String(npy, 1, 5, StandardCharsets.ISO_8859_1).equals("NUMPY");
    int start = npy[6] == 1 ? 10 : 12;
    int length = npy[6] == 1 ? in.getShort(8) & 0xffff : in.getInt(8);
    String header = new String(npy, start, length, StandardCharsets.ISO_8859_1);
    Matcher description = DESCRIPTION.matcher(header);
    if (!magic || !description.matches()) {
      throw new IllegalStateException(key + ": not an array of the oracle: " + header);
    }
    String[] extents = description.group(2).replaceAll("[ ]|,\\s*$", "").split(",");
    int[] shape =
        Arrays.stream(extents)
            .filter(extent -> !extent.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    in.position(start + length);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (description.group(1)) {
            case "<f4" -> in.getFloat();
            case "<f8" -> in.getDouble();
            case "<i8" -> in.getLong();
            default -> in.get() & 0xff;
          };
    }
    if (in.hasRemaining()) {
      throw new IllegalStateException(key + ": " + in.remaining() + " bytes too many");
    }
    return new Array(shape, values);
  }
}

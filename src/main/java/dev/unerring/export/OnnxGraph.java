// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import dev.unerring.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A graph of ONNX that is being put together: nodes in the order of their work, constants, inputs
 * and outputs. Field numbers are those of onnx.proto.
 */
final class OnnxGraph {
  /** Element types of ONNX. */
  enum Type {
    FLOAT(1),
    UINT8(2),
    INT64(7),
    DOUBLE(11);

    private final int number;

    Type(int number) {
      this.number = number;
    }
  }

  private static final int FLOAT_VALUE = 1;
  private static final int INT_VALUE = 2;
  private static final int GRAPH_VALUE = 5;
  private static final int INTS_VALUE = 7;

  private final String name;
  private final Protobuf nodes = new Protobuf();
  private final Protobuf constants = new Protobuf();
  private final Protobuf ends = new Protobuf();
  private int count;

  OnnxGraph(String name) {
    this.name = name;
  }

  /** Named values of a node that are not tensors. */
  static final class Attributes {
    private final Protobuf fields = new Protobuf();

    Attributes integer(String name, long value) {
      return add(name, new Protobuf().integer(3, value), INT_VALUE);
    }

    Attributes integers(String name, long... values) {
      return add(name, new Protobuf().integers(8, values), INTS_VALUE);
    }

    Attributes real(String name, float value) {
      return add(name, new Protobuf().float32(2, value), FLOAT_VALUE);
    }

    Attributes graph(String name, OnnxGraph value) {
      return add(name, new Protobuf().message(6, value.toMessage()), GRAPH_VALUE);
    }

    private Attributes add(String name, Protobuf value, int type) {
      Protobuf attribute = new Protobuf().text(1, name).append(value).integer(20, type);
      fields.message(5, attribute);
      return this;
    }
  }

  /** Adds an operation; the name of its output. */
  String node(String operation, List<String> inputs, Attributes attributes) {
    String output = operation + "_" + name + count++;
    node(operation, inputs, attributes, output);
    return output;
  }

  /** The same without attributes. */
  String node(String operation, String... inputs) {
    return node(operation, List.of(inputs), new Attributes());
  }

  /** Adds an operation whose output has a given name. */
  void node(String operation, List<String> inputs, Attributes attributes, String output) {
    Protobuf node = new Protobuf();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, output).text(4, operation).append(attributes.fields);
    nodes.message(1, node);
  }

  /** Converts the elements of a tensor. */
  String cast(String input, Type to) {
    return node("Cast", List.of(input), new Attributes().integer("to", to.number));
  }

  /** Adds a constant of float32; its name. */
  String constant(String label, List<Integer> shape, float[] values) {
    byte[] raw = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return constant(label, Type.FLOAT, shape, raw);
  }

  /** Adds one number of float32 without extents. */
  String scalar(String label, float value) {
    return constant(label, List.of(), new float[] {value});
  }

  /** Adds one number of float64 without extents. */
  String scalar64(String label, double value) {
    byte[] raw = new byte[Double.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).putDouble(value);
    return constant(label, Type.DOUBLE, List.of(), raw);
  }

  /** Adds a constant of float64. */
  String constant64(String label, List<Integer> shape, double[] values) {
    byte[] raw = new byte[Math.multiplyExact(values.length, Double.BYTES)];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values);
    return constant(label, Type.DOUBLE, shape, raw);
  }

  /** The same from values of float32. */
  String constant64(String label, List<Integer> shape, float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return constant64(label, shape, wide);
  }

  /** Adds a list of integers, which names axes or extents. */
  String integers64(String label, long... values) {
    byte[] raw = new byte[values.length * Long.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return constant(label, Type.INT64, List.of(values.length), raw);
  }

  /** Adds a constant of any type from its little-endian bytes; its name. */
  String constant(String label, Type type, List<Integer> shape, byte[] raw) {
    Protobuf tensor = new Protobuf();
    shape.forEach(extent -> tensor.integer(1, extent));
    constants.message(5, tensor.integer(2, type.number).text(8, label).bytes(9, raw));
    return label;
  }

  /** Declares an input whose extents are not said, as those of the body of a Scan. */
  void input(String label, Type type) {
    Protobuf tensor = new Protobuf().integer(1, type.number);
    ends.message(11, value(label, tensor));
  }

  /** Declares images, channels first, as an input: [batch][c][d][h][w], 2D without d. */
  void images(String label, Type type, Shape image) {
    Protobuf shape = new Protobuf().message(1, new Protobuf().text(2, "batch"));
    extents(image).forEach(extent -> shape.message(1, new Protobuf().integer(1, extent)));
    Protobuf tensor = new Protobuf().integer(1, type.number).message(2, shape);
    ends.message(11, value(label, tensor));
  }

  /** Declares rows of float32 as an output: [batch][width]. */
  void rows(String label, int width) {
    Protobuf shape =
        new Protobuf()
            .message(1, new Protobuf().text(2, "batch"))
            .message(1, new Protobuf().integer(1, width));
    Protobuf tensor = new Protobuf().integer(1, Type.FLOAT.number).message(2, shape);
    ends.message(12, value(label, tensor));
  }

  private static Protobuf value(String label, Protobuf tensor) {
    return new Protobuf().text(1, label).message(2, new Protobuf().message(1, tensor));
  }

  /** Extents of one image, channels first; 2D without the depth. */
  static List<Integer> extents(Shape image) {
    return image.d() == 1
        ? List.of(image.c(), image.h(), image.w())
        : List.of(image.c(), image.d(), image.h(), image.w());
  }

  /** The GraphProto. */
  Protobuf toMessage() {
    return new Protobuf().text(2, name).append(nodes).append(ends).append(constants);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Arithmetic;
import dev.unerring.base.Sha256;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/**
 * All stored tensors of a network in the engine's layout, and its patches: a copy of one state, or
 * a view of what the network holds.
 *
 * @param specs their declarations, in declared order
 * @param values their elements; what an array holds beyond them is of no use
 * @param patches what stands on top of them
 * @param image shape of one image
 * @param arithmetic of the network, ordered or integer
 */
public record StoredTensors(
    List<ParameterSpec> specs,
    List<float[]> values,
    Patches patches,
    Shape image,
    Arithmetic arithmetic) {
  private static final int PIECE_FLOATS = 1 << 14;

  /** Copies the network's tensors. */
  public static StoredTensors of(Network network) {
    List<float[]> values = new ArrayList<>();
    for (Parameter parameter : network.parameters()) {
      values.add(new float[parameter.spec().size()]);
    }
    return of(
        network,
        new StoredTensors(
            specs(network), values, Patches.NONE, network.image(), network.arithmetic()));
  }

  /**
   * Copies the network's tensors into the memory of an earlier copy, which then holds them.
   *
   * @param earlier a copy of the same network that is not needed any more; null for none
   */
  public static StoredTensors of(Network network, StoredTensors earlier) {
    if (earlier == null) {
      return of(network);
    }
    for (int t = 0; t < earlier.values.size(); t++) {
      download(network, t, earlier.values.get(t));
    }
    return new StoredTensors(
        earlier.specs, earlier.values, network.patches(), network.image(), network.arithmetic());
  }

  /**
   * The tensors that the network holds when they are asked for. One at a time is in memory: each
   * stands at the start of the same array, until the next one is asked for.
   */
  public static StoredTensors view(Network network) {
    List<float[]> values =
        new AbstractList<>() {
          @Override
          public float[] get(int tensor) {
            download(network, tensor, network.room());
            return network.room();
          }

          @Override
          public int size() {
            return network.parameters().size();
          }
        };
    return new StoredTensors(
        specs(network), values, network.patches(), network.image(), network.arithmetic());
  }

  private static List<ParameterSpec> specs(Network network) {
    return network.parameters().stream().map(Parameter::spec).toList();
  }

  private static void download(Network network, int tensor, float[] copy) {
    Parameter parameter = network.parameters().get(tensor);
    network.backend().download(parameter.value(), segment(copy, parameter.spec()));
  }

  private static MemorySegment segment(float[] values, ParameterSpec spec) {
    return MemorySegment.ofArray(values).asSlice(0, (long) spec.size() * Float.BYTES);
  }

  /**
   * The elements of a tensor in the file's layout.
   *
   * @param tensor its number, in declared order
   */
  public float[] inFileLayout(int tensor) {
    ParameterSpec spec = specs.get(tensor);
    float[] engine = values.get(tensor);
    float[] turned = new float[spec.size()];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = engine[spec.layout().engineIndex(i)];
    }
    return turned;
  }

  /** Puts the copy back into the network it was taken from. */
  public void restore(Network network) {
    for (int t = 0; t < values.size(); t++) {
      Buffer target = network.parameters().get(t).value();
      network.backend().upload(segment(values.get(t), specs.get(t)), target);
    }
    network.patch(patches);
  }

  /** Writes every tensor as float32 in the file's layout, then the patches. */
  void writeTo(OutputStream out) throws IOException {
    writeTo(out, false);
  }

  private void writeTo(OutputStream out, boolean oneNaN) throws IOException {
    ByteBuffer piece =
        ByteBuffer.allocate(PIECE_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int t = 0; t < specs.size(); t++) {
      Layout layout = specs.get(t).layout();
      float[] engine = values.get(t);
      int size = specs.get(t).size();
      for (int begin = 0; begin < size; begin += PIECE_FLOATS) {
        piece.clear();
        for (int i = begin; i < Math.min(begin + PIECE_FLOATS, size); i++) {
          float value = engine[layout.engineIndex(i)];
          piece.putInt(oneNaN ? Float.floatToIntBits(value) : Float.floatToRawIntBits(value));
        }
        out.write(piece.array(), 0, piece.position());
      }
    }
    patches.writeTo(out, image);
  }

  /**
   * SHA-256 over all tensors in declared order as little-endian float32 in the file's layout, every
   * NaN as 0x7fc00000; no names, no counters. Patches follow as they stand in the file: radii,
   * lifts, centres. Of the arithmetic integer its name ends the bytes, in ASCII.
   */
  public String weightsSha256() {
    MessageDigest digest = Sha256.digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      writeTo(out, true);
      if (arithmetic == Arithmetic.INTEGER) { // another function of the same tensors
        out.write(arithmetic.label().getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.hex(digest);
  }
}

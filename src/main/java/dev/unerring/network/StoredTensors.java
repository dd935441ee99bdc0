package dev.unerring.network;

import dev.unerring.base.Sha256;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/**
 * All stored tensors of a network in the engine's layout, and its patches: a copy of one moment, or
 * a view of what the network holds.
 *
 * @param specs their declarations, in declared order
 * @param values their elements
 * @param patches what stands on top of them
 * @param image shape of one image
 */
public record StoredTensors(
    List<ParameterSpec> specs, List<float[]> values, Patches patches, Shape image) {
  private static final int PIECE_FLOATS = 1 << 14;

  /** Copies the network's tensors. */
  public static StoredTensors of(Network network) {
    StoredTensors view = view(network);
    return new StoredTensors(
        view.specs, new ArrayList<>(view.values), network.patches(), network.image());
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
    return new StoredTensors(earlier.specs, earlier.values, network.patches(), network.image());
  }

  /**
   * The tensors that the network holds when they are asked for; one of them in memory at a time.
   */
  public static StoredTensors view(Network network) {
    List<Parameter> parameters = network.parameters();
    List<float[]> values =
        new AbstractList<>() {
          @Override
          public float[] get(int tensor) {
            float[] copy = new float[parameters.get(tensor).spec().size()];
            download(network, tensor, copy);
            return copy;
          }

          @Override
          public int size() {
            return parameters.size();
          }
        };
    List<ParameterSpec> specs = parameters.stream().map(Parameter::spec).toList();
    return new StoredTensors(specs, values, network.patches(), network.image());
  }

  private static void download(Network network, int tensor, float[] copy) {
    network
        .backend()
        .download(network.parameters().get(tensor).value(), MemorySegment.ofArray(copy));
  }

  /** Puts the copy back into the network it was taken from. */
  public void restore(Network network) {
    for (int i = 0; i < values.size(); i++) {
      network
          .backend()
          .upload(MemorySegment.ofArray(values.get(i)), network.parameters().get(i).value());
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
      for (int begin = 0; begin < engine.length; begin += PIECE_FLOATS) {
        piece.clear();
        for (int i = begin; i < Math.min(begin + PIECE_FLOATS, engine.length); i++) {
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
   * lifts, centres.
   */
  public String weightsSha256() {
    MessageDigest digest = Sha256.digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      writeTo(out, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Sha256.hex(digest);
  }
}

package dev.unerring.network;

import dev.unerring.base.Sha256;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of all stored tensors of a network at one moment, in the engine's layout, and its patches.
 *
 * @param specs their declarations, in declared order
 * @param values their elements
 * @param patches what stands on top of them
 * @param image shape of one image
 */
public record StoredTensors(
    List<ParameterSpec> specs, List<float[]> values, Patches patches, Shape image) {
  /** Copies the network's tensors. */
  public static StoredTensors of(Network network) {
    List<ParameterSpec> specs = new ArrayList<>();
    List<float[]> values = new ArrayList<>();
    for (Parameter parameter : network.parameters()) {
      float[] copy = new float[parameter.spec().size()];
      network.backend().download(parameter.value(), MemorySegment.ofArray(copy));
      specs.add(parameter.spec());
      values.add(copy);
    }
    return new StoredTensors(specs, values, network.patches(), network.image());
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

  /** Appends every tensor as float32 in the file's layout, then the patches. */
  void putInto(ByteBuffer out) {
    for (int t = 0; t < specs.size(); t++) {
      Layout layout = specs.get(t).layout();
      float[] engine = values.get(t);
      for (int i = 0; i < engine.length; i++) {
        out.putFloat(engine[layout.engineIndex(i)]);
      }
    }
    patches.putInto(out, image);
  }

  /**
   * SHA-256 over all tensors in declared order as little-endian float32 in the file's layout, every
   * NaN as 0x7fc00000; no names, no counters. Patches follow as they stand in the file: radii,
   * lifts, centres.
   */
  public String weightsSha256() {
    long words = values.stream().mapToLong(tensor -> tensor.length).sum();
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(words * Float.BYTES + patches.storedBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int t = 0; t < specs.size(); t++) {
      Layout layout = specs.get(t).layout();
      float[] engine = values.get(t);
      for (int i = 0; i < engine.length; i++) {
        out.putInt(Float.floatToIntBits(engine[layout.engineIndex(i)]));
      }
    }
    patches.putInto(out, image);
    return Sha256.hex(out.array());
  }
}

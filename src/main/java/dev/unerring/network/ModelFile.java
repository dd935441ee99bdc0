// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models as safetensors files: an 8-byte little-endian length, a JSON header, then the tensors as
 * little-endian float32 in PyTorch's layout and declared order, and the {@link Patches} if there
 * are any. The metadata holds the architecture, the shape of an image, the number of classes, the
 * hash of the tensors and whether training images are inside, so that the file alone rebuilds the
 * network; the writer may add what the network does not know, such as the names of its classes.
 */
public final class ModelFile {
  /** The key of {@link StoredTensors#weightsSha256} in the metadata. */
  public static final String WEIGHTS = "weightsSha256";

  private static final String ARITHMETIC = "arithmetic";
  private static final int ALIGNMENT = 8;
  private static final int MOST_CLASSES = 1000;
  private static final int MOST_CHANNELS = 3;
  private static final int MOST_ELEMENTS = 1 << 22;
  private static final int BATCH_ELEMENTS = 1 << 19;

  /** Bytes of a file, its header included, that can be read back. */
  private static final long LARGEST = Integer.MAX_VALUE - 16L;

  private static final long HEADER_AT_MOST = 1L << 20;

  /** Bytes of the header for one tensor, more than any takes. */
  private static final long HEADER_BYTES = 512;

  /** Bytes of the metadata, more than most take. */
  private static final long METADATA_BYTES = 1 << 14;

  private ModelFile() {}

  /** Whether a file can hold the network with this many patches. */
  public static boolean canHold(Network network, long patches) {
    long more = patches * Patches.bytesEach(network.image(), network.classes());
    return HEADER_AT_MOST + tensorBytes(network) + more <= LARGEST;
  }

  /** Bytes of a file without patches, at most. */
  public static long bytes(Network network) {
    return tensorBytes(network)
        + METADATA_BYTES
        + HEADER_BYTES * (1L + network.parameters().size());
  }

  private static long tensorBytes(Network network) {
    long bytes = 0;
    for (Parameter parameter : network.parameters()) {
      bytes += (long) parameter.spec().size() * Float.BYTES;
    }
    return bytes;
  }

  /** Writes the network; the file is complete or not there. */
  public static void write(Path file, Network network) {
    write(file, network, StoredTensors.view(network));
  }

  /** Writes stored tensors of an earlier state of the network. */
  public static void write(Path file, Network network, StoredTensors tensors) {
    AtomicFile.write(file, content(network, tensors, Map.of()));
  }

  /**
   * The metadata of a model file; the tensors are not looked at.
   *
   * @throws dev.unerring.DataException where it is no model of ours
   */
  public static Map<String, String> metadata(Path file) {
    return new SafeTensors(file).texts();
  }

  /**
   * The SHA-256 of the bytes of each tensor of a model file, by name.
   *
   * @throws dev.unerring.DataException where it is damaged
   */
  public static Map<String, String> tensorHashes(Path file) {
    return new SafeTensors(file).hashes();
  }

  /**
   * The shape of an image of a model.
   *
   * @throws dev.unerring.DataException where it says none
   */
  public static Shape image(Path file) {
    return image(new SafeTensors(file));
  }

  /**
   * The bytes of a file, made while it is written.
   *
   * @param more keys and texts for the metadata; none of the keys of the network itself
   */
  public static AtomicFile.Content content(
      Network network, StoredTensors tensors, Map<String, String> more) {
    return out -> writeTo(out, network, tensors, more);
  }

  private static void writeTo(
      OutputStream out, Network network, StoredTensors tensors, Map<String, String> more)
      throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    Shape image = network.image();
    Map<String, Object> metadata = new LinkedHashMap<>(more);
    metadata.put("format", "pt");
    metadata.put(WEIGHTS, tensors.weightsSha256());
    metadata.put("architecture", network.architecture());
    if (network.arithmetic() != Arithmetic.ORDERED) {
      metadata.put(ARITHMETIC, network.arithmetic().label());
    }
    metadata.put("classes", Integer.toString(network.classes()));
    metadata.put("input", image.d() + "x" + image.h() + "x" + image.w() + "x" + image.c());
    metadata.put("pixels", Architectures.input(network.architecture()));
    header.put("__metadata__", metadata);
    long offset = 0;
    for (ParameterSpec spec : tensors.specs()) {
      long size = (long) spec.size() * Float.BYTES;
      offset = entry(header, spec.name(), "F32", spec.fileShape(), offset, size);
    }
    if (!tensors.patches().isEmpty()) {
      PatchTensors.describe(tensors.patches(), image, metadata, header, offset);
    }
    byte[] json = Json.canonical(header).getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(json);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    out.write(head.array());
    tensors.writeTo(out);
  }

  /** Adds a tensor to a header; where the next one begins. */
  static long entry(
      Map<String, Object> header,
      String name,
      String dtype,
      List<Integer> shape,
      long offset,
      long bytes) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("dtype", dtype);
    entry.put("shape", List.copyOf(shape));
    entry.put("data_offsets", List.of(offset, offset + bytes));
    header.put(name, entry);
    return offset + bytes;
  }

  /**
   * Reads a model written by {@link #write}.
   *
   * @param batch largest number of images of a pass of the new network; fewer where images are
   *     large
   * @throws dev.unerring.DataException where the file is damaged or not a model of ours
   */
  public static Network read(Path file, Backend backend, int batch) {
    return read(file, backend, (architecture, image, classes, arithmetic) -> batch);
  }

  /** Chooses how many images a pass of a network takes at most. */
  public interface Batch {
    /** At least 1; fewer are taken where images are large. */
    int of(String architecture, Shape image, int classes, Arithmetic arithmetic);
  }

  /** The same with a batch that goes by the network. */
  public static Network read(Path file, Backend backend, Batch batch) {
    SafeTensors in = new SafeTensors(file);
    Network network = network(in, backend, batch);
    for (Parameter parameter : network.parameters()) {
      ParameterSpec spec = parameter.spec();
      fill(network.room(), spec, in);
      long bytes = (long) spec.size() * Float.BYTES;
      backend.upload(MemorySegment.ofArray(network.room()).asSlice(0, bytes), parameter.value());
    }
    network.patch(PatchTensors.read(in, network.image(), network.classes()));
    in.requireNothingElse();
    return network;
  }

  /** Reads a tensor into the engine's layout. */
  private static void fill(float[] engine, ParameterSpec spec, SafeTensors in) {
    int[] next = {0};
    in.take(
        spec.name(),
        "F32",
        spec.fileShape(),
        piece -> next[0] = fill(engine, spec.layout(), next[0], piece));
  }

  /** Kept small so that the JIT compiles this loop early; the element after the last one. */
  private static int fill(float[] engine, Layout layout, int first, ByteBuffer piece) {
    int count = piece.remaining() / Float.BYTES;
    for (int i = 0; i < count; i++) {
      engine[layout.engineIndex(first + i)] = piece.getFloat(i * Float.BYTES);
    }
    return first + count;
  }

  /** Images that a pass of a network that is read takes where at most {@code batch} are wanted. */
  public static int fitting(Shape image, int batch) {
    return Math.clamp(BATCH_ELEMENTS / image.imageElements(), 1, batch);
  }

  private static Shape image(SafeTensors in) {
    String[] extents = in.text("input").split("x", -1);
    if (extents.length != 4) {
      throw in.damaged("the metadata 'input' is not four extents");
    }
    try {
      return new Shape(
          1,
          Integer.parseInt(extents[0]),
          Integer.parseInt(extents[1]),
          Integer.parseInt(extents[2]),
          Integer.parseInt(extents[3]));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw in.damaged("the metadata 'input' is no shape: " + e.getMessage());
    }
  }

  /** Models of another training than integer, and those that say none, are ordered. */
  private static Arithmetic arithmetic(SafeTensors in) {
    if (!in.says(ARITHMETIC)) {
      return Arithmetic.ORDERED;
    }
    String label = in.text(ARITHMETIC);
    return Arithmetic.ofModel(label)
        .orElseThrow(() ->
            in.damaged(
                "it was trained in the arithmetic '"
                    + label
                    + "', this version knows ordered, integer and cudnn"));
  }

  private static Network network(SafeTensors in, Backend backend, Batch batch) {
    Shape image = image(in);
    try {
      int classes = Integer.parseInt(in.text("classes"));
      boolean sensible = image.c() <= MOST_CHANNELS && image.imageElements() <= MOST_ELEMENTS;
      if (classes < 2 || classes > MOST_CLASSES || !sensible) {
        throw in.damaged("it names " + classes + " classes and images " + image);
      }
      String architecture = in.text("architecture");
      Architectures.layers(architecture, image, classes); // before memory is asked for
      Arithmetic arithmetic = arithmetic(in);
      int fitting = fitting(image, batch.of(architecture, image, classes, arithmetic));
      return new Network(architecture, image, classes, backend, fitting, arithmetic);
    } catch (IllegalArgumentException | ArithmeticException | UsageException e) {
      throw in.damaged("its metadata do not describe a network: " + e.getMessage());
    }
  }
}

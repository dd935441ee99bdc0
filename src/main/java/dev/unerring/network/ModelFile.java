package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.DataException;
import dev.unerring.base.Json;
import dev.unerring.base.UsageException;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Models as safetensors files: an 8-byte little-endian length, a JSON header, then the tensors as
 * little-endian float32 in PyTorch's layout and declared order. The metadata holds the
 * architecture, the shape of an image and the number of classes, so that the file alone rebuilds
 * the network.
 */
public final class ModelFile {
  private static final int LARGEST_HEADER = 1 << 24;
  private static final int ALIGNMENT = 8;
  private static final int MOST_CLASSES = 1000;
  private static final int MOST_CHANNELS = 3;
  private static final int MOST_ELEMENTS = 1 << 22;
  private static final int BATCH_ELEMENTS = 1 << 19;

  private ModelFile() {}

  /** Writes the network; the file is complete or not there. */
  public static void write(Path file, Network network) {
    AtomicFile.write(file, bytes(network, StoredTensors.of(network)));
  }

  /** Writes stored tensors of an earlier moment of the network. */
  public static void write(Path file, Network network, StoredTensors tensors) {
    AtomicFile.write(file, bytes(network, tensors));
  }

  private static byte[] bytes(Network network, StoredTensors tensors) {
    Map<String, Object> header = new LinkedHashMap<>();
    Shape image = network.image();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt");
    metadata.put("architecture", network.architecture());
    metadata.put("classes", Integer.toString(network.classes()));
    metadata.put("input", image.d() + "x" + image.h() + "x" + image.w() + "x" + image.c());
    metadata.put("pixels", "raw 0..255; the first layer is x * input.scale + input.shift");
    header.put("__metadata__", metadata);
    long offset = 0;
    List<Parameter> parameters = network.parameters();
    for (Parameter parameter : parameters) {
      ParameterSpec spec = parameter.spec();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", "F32");
      entry.put("shape", List.copyOf(spec.fileShape()));
      long end = offset + (long) spec.size() * Float.BYTES;
      entry.put("data_offsets", List.of(offset, end));
      header.put(spec.name(), entry);
      offset = end;
    }
    byte[] json = Json.canonical(header).getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(Long.BYTES + padded + offset))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(padded).put(json);
    while (out.position() < Long.BYTES + padded) {
      out.put((byte) ' ');
    }
    tensors.putInto(out);
    return out.array();
  }

  /**
   * Reads a model written by {@link #write}.
   *
   * @param batch largest number of images of a pass of the new network; fewer where images are
   *     large
   * @throws DataException where the file is damaged or not a model of ours
   */
  public static Network read(Path file, Backend backend, int batch) {
    ByteBuffer in = contents(file);
    int headerLength = headerLength(file, in);
    Map<String, Object> header = header(file, in, headerLength);
    requireWhole(file, header, in.limit() - Long.BYTES - (long) headerLength);
    Map<?, ?> metadata = map(file, header.get("__metadata__"), "__metadata__");
    String[] extents = text(file, metadata, "input").split("x", -1);
    if (extents.length != 4) {
      throw damaged(file, "the metadata 'input' is not four extents");
    }
    Network network;
    try {
      Shape image =
          new Shape(
              1,
              Integer.parseInt(extents[0]),
              Integer.parseInt(extents[1]),
              Integer.parseInt(extents[2]),
              Integer.parseInt(extents[3]));
      int classes = Integer.parseInt(text(file, metadata, "classes"));
      boolean sensible = image.c() <= MOST_CHANNELS && image.imageElements() <= MOST_ELEMENTS;
      if (classes < 2 || classes > MOST_CLASSES || !sensible) {
        throw damaged(file, "it names " + classes + " classes and images " + image);
      }
      int fitting = Math.clamp(BATCH_ELEMENTS / image.imageElements(), 1, batch);
      network = new Network(text(file, metadata, "architecture"), image, classes, backend, fitting);
    } catch (IllegalArgumentException | ArithmeticException | UsageException e) {
      throw damaged(file, "its metadata do not describe a network: " + e.getMessage());
    }
    int data = Long.BYTES + headerLength;
    Map<String, Object> left = new TreeMap<>(header);
    left.remove("__metadata__");
    TreeMap<Long, Long> ends = new TreeMap<>();
    for (Parameter parameter : network.parameters()) {
      ParameterSpec spec = parameter.spec();
      Map<?, ?> entry = map(file, left.remove(spec.name()), spec.name());
      long begin = offset(file, entry, spec, 0);
      long end = offset(file, entry, spec, 1);
      List<Long> shape = spec.fileShape().stream().map(Integer::longValue).toList();
      if (!"F32".equals(entry.get("dtype")) || !shape.equals(entry.get("shape"))) {
        throw damaged(file, spec.name() + " is not F32 of shape " + spec.fileShape());
      }
      boolean inside = begin >= 0 && begin <= end && end <= in.limit() - (long) data;
      if (!inside || end - begin != (long) spec.size() * Float.BYTES) {
        throw damaged(
            file, spec.name() + " has offsets outside the file or not of its shape's length");
      }
      ends.put(begin, end);
      float[] engine = new float[spec.size()];
      for (int i = 0; i < engine.length; i++) {
        int at = Math.toIntExact(data + begin) + i * Float.BYTES;
        engine[spec.layout().engineIndex(i)] = in.getFloat(at);
      }
      backend.upload(MemorySegment.ofArray(engine), parameter.value());
    }
    if (!left.isEmpty()) {
      throw damaged(file, "it holds the unknown tensor " + left.keySet().iterator().next());
    }
    requireTiled(file, ends, in.limit() - (long) data);
    return network;
  }

  /** Found first, because a file that was cut off is the likeliest damage. */
  private static void requireWhole(Path file, Map<String, Object> header, long length) {
    for (Object entry : header.values()) {
      if (entry instanceof Map<?, ?> tensor
          && tensor.get("data_offsets") instanceof List<?> offsets
          && offsets.stream().anyMatch(at -> at instanceof Long end && end > length)) {
        throw damaged(file, "its tensors have offsets " + offsets + ", the file holds " + length);
      }
    }
  }

  /** The tensors follow one another without gap or overlap up to the end of the file. */
  private static void requireTiled(Path file, TreeMap<Long, Long> ends, long length) {
    long at = 0;
    for (Map.Entry<Long, Long> tensor : ends.entrySet()) {
      if (tensor.getKey() != at) {
        throw damaged(file, "its tensors overlap or leave a gap at byte " + at);
      }
      at = tensor.getValue();
    }
    if (at != length) {
      throw damaged(file, "its tensors have " + at + " bytes, the file holds " + length);
    }
  }

  private static ByteBuffer contents(Path file) {
    try {
      if (Files.size(file) > Integer.MAX_VALUE - 16) {
        throw damaged(file, "it is larger than 2 GiB");
      }
      return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new DataException("cannot read the model " + file + ": " + e, e);
    }
  }

  private static int headerLength(Path file, ByteBuffer in) {
    if (in.limit() < Long.BYTES) {
      throw damaged(file, "it ends within its first 8 bytes");
    }
    long length = in.getLong(0);
    if (length < 2 || length > LARGEST_HEADER || length > in.limit() - Long.BYTES) {
      throw damaged(file, "its header would have " + length + " bytes");
    }
    return (int) length;
  }

  private static Map<String, Object> header(Path file, ByteBuffer in, int length) {
    String json =
        new String(in.array(), Long.BYTES, length, StandardCharsets.UTF_8).stripTrailing();
    Object parsed;
    try {
      parsed = Json.parse(json);
    } catch (DataException e) {
      throw damaged(file, "its header is not JSON: " + e.getMessage());
    }
    Map<String, Object> header = new LinkedHashMap<>();
    map(file, parsed, "header").forEach((key, value) -> header.put((String) key, value));
    return header;
  }

  private static Map<?, ?> map(Path file, Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw damaged(file, "it lacks " + what);
  }

  private static String text(Path file, Map<?, ?> metadata, String key) {
    if (metadata.get(key) instanceof String text) {
      return text;
    }
    throw damaged(file, "its metadata lack '" + key + "'");
  }

  private static long offset(Path file, Map<?, ?> entry, ParameterSpec spec, int which) {
    if (entry.get("data_offsets") instanceof List<?> two
        && two.size() == 2
        && two.get(which) instanceof Long offset) {
      return offset;
    }
    throw damaged(file, spec.name() + " has no data_offsets");
  }

  private static DataException damaged(Path file, String reason) {
    return new DataException(
        "not a model of Unerring: " + file + ": " + reason + "; train again or take a backup");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.DataException;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.JsonFields;
import dev.unerring.base.Sha256;
import dev.unerring.base.Uninterrupted;
import dev.unerring.tensor.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a computation needs to go on later with the same bits: facts as JSON, and arrays of float32
 * by name. Its file is {@value #MAGIC}, the length of the facts as 8 bytes, the facts, the arrays
 * in order, and the SHA-256 of all of that; every number little-endian. One changed bit is found.
 */
public final class Checkpoint {
  /** The first bytes of a file, with the version of its form. */
  static final String MAGIC = "unerring checkpoint 1\n";

  private static final String ARRAYS = "arrays";
  private static final int PIECE = 1 << 16;
  private static final int HASH = 32;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Map<String, Object> facts;
  private final Map<String, Values> arrays = new LinkedHashMap<>();
  private final String source;

  /** Some float32 numbers; what a buffer of a backend holds is copied when it is asked for. */
  private interface Values {
    long length();

    /** Copies the numbers from {@code from} on until {@code piece} is full. */
    void copy(long from, MemorySegment piece);
  }

  /** Nothing yet. */
  public Checkpoint() {
    this(new LinkedHashMap<>(), "this checkpoint");
  }

  private Checkpoint(Map<String, Object> facts, String source) {
    this.facts = facts;
    this.source = source;
  }

  /**
   * Adds a fact.
   *
   * @param value as {@link Json} takes it; numbers that are not whole go through {@link #bits}
   */
  public Checkpoint put(String key, Object value) {
    facts.put(key, value);
    return this;
  }

  /** Adds the numbers that the buffer holds when the checkpoint is written. */
  public void put(String name, Backend backend, Buffer buffer) {
    arrays.put(
        name,
        new Values() {
          @Override
          public long length() {
            return buffer.length();
          }

          @Override
          public void copy(long from, MemorySegment piece) {
            backend.download(buffer.slice(from, piece.byteSize() / Float.BYTES), piece);
          }
        });
  }

  /** Adds an array, which must not change before the checkpoint is written. */
  public void put(String name, float[] values) {
    arrays.put(
        name,
        new Values() {
          @Override
          public long length() {
            return values.length;
          }

          @Override
          public void copy(long from, MemorySegment piece) {
            MemorySegment all = MemorySegment.ofArray(values);
            piece.copyFrom(all.asSlice(from * Float.BYTES, piece.byteSize()));
          }
        });
  }

  /** Adds all tensors of a network; patches are not kept. */
  public void put(String prefix, Network network) {
    for (Parameter each : network.parameters()) {
      put(prefix + each.spec().name(), network.backend(), each.value());
    }
  }

  /** Adds a copy of the tensors of a network; patches are not kept. */
  public void put(String prefix, StoredTensors tensors) {
    for (int t = 0; t < tensors.specs().size(); t++) {
      ParameterSpec spec = tensors.specs().get(t);
      put(prefix + spec.name(), Arrays.copyOf(tensors.values().get(t), spec.size()));
    }
  }

  /** The facts, typed. */
  public JsonFields facts() {
    return new JsonFields(facts, source, "checkpoint");
  }

  /** Whether there is an array of this name. */
  public boolean holds(String name) {
    return arrays.containsKey(name);
  }

  /**
   * Copies an array into a buffer of its length.
   *
   * @throws DataException where it is not there or has another length
   */
  public void restore(String name, Backend backend, Buffer buffer) {
    backend.upload(MemorySegment.ofArray(array(name, buffer.length())), buffer);
  }

  /**
   * Copies the tensors that {@link #put(String, Network)} added into a network of the same kind.
   */
  public void restore(String prefix, Network network) {
    for (Parameter each : network.parameters()) {
      restore(prefix + each.spec().name(), network.backend(), each.value());
    }
    network.patch(Patches.NONE);
  }

  /** The tensors that {@link #put(String, StoredTensors)} added, of a network of this kind. */
  public StoredTensors tensors(String prefix, Network network) {
    List<ParameterSpec> specs = network.parameters().stream().map(Parameter::spec).toList();
    List<float[]> values = new ArrayList<>();
    specs.forEach(spec -> values.add(array(prefix + spec.name(), spec.size())));
    return new StoredTensors(specs, values, Patches.NONE, network.image(), network.arithmetic());
  }

  private float[] array(String name, long length) {
    Values values = arrays.get(name);
    if (values == null || values.length() != length) {
      throw new DataException(
          source + ": " + name + " is not " + length + " numbers; it belongs to another network");
    }
    float[] array = new float[Math.toIntExact(length)];
    values.copy(0, MemorySegment.ofArray(array));
    return array;
  }

  /** The bits of a number, as a text that JSON keeps whatever they are. */
  public static String bits(double value) {
    return Long.toHexString(Double.doubleToRawLongBits(value));
  }

  /** The number of {@link #bits}. */
  public static double real(String bits) {
    return Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
  }

  /** The bytes of a file. */
  public AtomicFile.Content content() {
    return this::writeTo;
  }

  private void writeTo(OutputStream out) throws IOException {
    MessageDigest digest = Sha256.digest();
    OutputStream hashed = new DigestOutputStream(out, digest);
    Map<String, Object> header = new LinkedHashMap<>(facts);
    header.put(
        ARRAYS,
        arrays.entrySet().stream()
            .map(each -> List.<Object>of(each.getKey(), each.getValue().length()))
            .toList());
    byte[] json = Json.canonical(header).getBytes(StandardCharsets.UTF_8);
    hashed.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
    hashed.write(little(Long.BYTES).putLong(json.length).array());
    hashed.write(json);
    float[] room = new float[PIECE];
    byte[] raw = new byte[PIECE * Float.BYTES];
    MemorySegment numbers = MemorySegment.ofArray(room);
    MemorySegment bytes = MemorySegment.ofArray(raw);
    for (Values values : arrays.values()) {
      for (long from = 0; from < values.length(); from += PIECE) {
        int count = (int) Math.min(PIECE, values.length() - from);
        long size = (long) count * Float.BYTES;
        values.copy(from, numbers.asSlice(0, size));
        MemorySegment.copy(numbers, ValueLayout.JAVA_FLOAT, 0, bytes, FLOAT, 0, count);
        hashed.write(raw, 0, (int) size);
      }
    }
    out.write(digest.digest());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads a file.
   *
   * @throws DataException where it cannot be read, was cut off, changed, or is of a newer form
   */
  public static Checkpoint read(Path file) {
    byte[] all;
    try {
      all = Uninterrupted.run(() -> Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DataException("cannot read the checkpoint " + file + ": " + IoReason.of(e), e);
    }
    byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
    int data = magic.length + Long.BYTES;
    if (all.length < data + HASH || !Arrays.equals(Arrays.copyOf(all, magic.length), magic)) {
      throw damaged(file, "it does not begin as one of this version, or was cut off");
    }
    MessageDigest digest = Sha256.digest();
    digest.update(all, 0, all.length - HASH);
    if (!Arrays.equals(digest.digest(), Arrays.copyOfRange(all, all.length - HASH, all.length))) {
      throw damaged(file, "its SHA-256 is not the one that it ends with");
    }
    ByteBuffer in = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).position(magic.length);
    long length = in.getLong();
    if (length < 2 || length > in.remaining() - HASH) {
      throw damaged(file, "its facts would have " + length + " bytes");
    }
    byte[] json = new byte[(int) length];
    in.get(json);
    return read(file, new String(json, StandardCharsets.UTF_8), in);
  }

  private static Checkpoint read(Path file, String json, ByteBuffer in) {
    if (!(Json.parse(json) instanceof Map<?, ?> header)
        || !(header.get(ARRAYS) instanceof List<?> declared)) {
      throw damaged(file, "its facts lack the list of arrays");
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    header.forEach((key, value) -> facts.put((String) key, value));
    facts.remove(ARRAYS);
    Checkpoint checkpoint = new Checkpoint(facts, file.toString());
    for (Object each : declared) {
      if (!(each instanceof List<?> pair)
          || !(pair.getFirst() instanceof String name)
          || !(pair.getLast() instanceof Long length)
          || length < 0
          || length > (in.remaining() - HASH) / Float.BYTES) {
        throw damaged(file, "its arrays are not " + each);
      }
      float[] values = new float[length.intValue()];
      MemorySegment.copy(
          MemorySegment.ofArray(in.array()), FLOAT, in.position(), values, 0, values.length);
      in.position(in.position() + values.length * Float.BYTES);
      checkpoint.put(name, values);
    }
    if (in.remaining() != HASH) {
      throw damaged(file, "it holds more than its arrays");
    }
    return checkpoint;
  }

  private static DataException damaged(Path file, String reason) {
    return new DataException("the checkpoint " + file + " is damaged: " + reason);
  }
}

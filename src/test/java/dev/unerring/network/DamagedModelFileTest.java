// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Json;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A damaged model file raises one DataException that names the file and the reason, whatever the
 * damage; no size in the file is believed before it is checked.
 */
class DamagedModelFileTest {
  private static final int TORN_WRITE = 512;

  @TempDir private Path folder;
  private Path file;
  private byte[] good;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("model.safetensors");
    try (Backend backend = new ReferenceBackend()) {
      ModelFile.write(file, new Network("small", Shape.image2d(28, 28, 1), 2, backend, 1));
    }
    good = Files.readAllBytes(file);
  }

  @Test
  void everyPrefixOfWholeSectorsIsRefused() throws IOException {
    for (int length = 0; length < good.length; length += TORN_WRITE) {
      refused(Arrays.copyOf(good, length), length < 8 ? "first 8 bytes" : "");
    }
    refused(Arrays.copyOf(good, good.length - 1), "the file holds " + (data().length - 1));
  }

  @Test
  void everyPrefixWithinTheHeaderIsRefused() throws IOException {
    int end = 8 + Math.toIntExact(ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
    for (int length = 0; length <= end; length += 37) {
      refused(Arrays.copyOf(good, length), "");
    }
  }

  @TestFactory
  Stream<DynamicTest> headerLengths() {
    return Stream.of(10_000_000_000L, Long.MAX_VALUE, -1L, Long.MIN_VALUE, 0L, 1L, (long) 1 << 24)
        .map(length ->
            test(
                "header of " + length + " bytes",
                () -> {
                  byte[] bytes = good.clone();
                  ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
                  refused(bytes, "its header would have " + length + " bytes");
                }));
  }

  @TestFactory
  Stream<DynamicTest> headersThatAreNoJson() {
    return Stream.of("{}{", "[1,2", "\u0000\u0001", "{\"a\":1,\"a\":2}", "[".repeat(70))
        .map(text -> test("'" + text + "'", () -> refused(file(text, new byte[8]), "is not JSON")));
  }

  @TestFactory
  Stream<DynamicTest> jsonThatIsNoHeader() {
    return Stream.of("[]", "77", "{}", "{\"__metadata__\":7}", "{\"__metadata__\":{}}")
        .map(text -> test(text, () -> refused(file(text, new byte[8]), "lack")));
  }

  @TestFactory
  Stream<DynamicTest> metadata() {
    return Stream.of(
        edit("no classes", h -> metadata(h).remove("classes"), "metadata lack 'classes'"),
        edit("one class", h -> metadata(h).put("classes", "1"), "it names 1 classes"),
        edit(
            "a billion classes", h -> metadata(h).put("classes", "999999999"), "999999999 classes"),
        edit("classes no number", h -> metadata(h).put("classes", "two"), "\"two\""),
        edit("classes not a text", h -> metadata(h).put("classes", 2L), "metadata lack 'classes'"),
        edit("three extents", h -> metadata(h).put("input", "28x28x1"), "not four extents"),
        edit("extent 0", h -> metadata(h).put("input", "1x28x28x0"), "at least 1"),
        edit("overflow", h -> metadata(h).put("input", "99999x99999x99999x3"), "overflow"),
        edit("channels", h -> metadata(h).put("input", "1x28x28x2000000"), "c=2000000"),
        edit("64x64", h -> metadata(h).put("input", "1x64x64x1"), "28x28 images, not 64x64"),
        edit("architecture", h -> metadata(h).put("architecture", "huge"), "'huge'"));
  }

  @TestFactory
  Stream<DynamicTest> tensors() {
    return Stream.of(
        edit("missing", h -> h.remove("10.bias"), "it lacks 10.bias"),
        edit("unknown", h -> h.put("99.weight", entry(h, "0.bias")), "unknown tensor 99.weight"),
        edit("not an object", h -> h.put("0.bias", 7L), "it lacks 0.bias"),
        edit("dtype", h -> entry(h, "0.bias").put("dtype", "F16"), "0.bias is not F32"),
        edit("no dtype", h -> entry(h, "0.bias").remove("dtype"), "0.bias is not F32"),
        edit("shape", h -> entry(h, "0.bias").put("shape", List.of(4L, 4L)), "0.bias is not F32"),
        edit("transposed", h -> entry(h, "22.weight").put("shape", List.of(128L, 2L)), "22.weight"),
        edit("no offsets", h -> entry(h, "0.bias").remove("data_offsets"), "no data_offsets"),
        edit("three offsets", h -> offsets(h, "0.bias", 0, 64, 128), "no data_offsets"),
        edit("too short", h -> offsets(h, "0.bias", 152, 212), "0.bias has offsets"),
        edit("backwards", h -> offsets(h, "0.bias", 216, 152), "0.bias has offsets"),
        edit("negative", h -> offsets(h, "0.bias", -64, 0), "0.bias has offsets"),
        edit("beyond", h -> offsets(h, "0.bias", 1L << 40, (1L << 40) + 64), "the file holds"),
        edit(
            "wrapping",
            h -> offsets(h, "0.bias", Long.MAX_VALUE - 7, Long.MIN_VALUE + 56),
            "the file holds"),
        edit("overlapping", h -> offsets(h, "1.bias", 152, 216), "overlap or leave a gap"));
  }

  @Test
  void bytesTooManyAreRefused() throws IOException {
    refused(Arrays.copyOf(good, good.length + 4), "the file holds");
  }

  @Test
  void theUndamagedFileIsNotRefused() throws IOException {
    Map<String, Object> header = header();
    Files.write(file, file(Json.canonical(header), data()));
    try (Backend backend = new ReferenceBackend()) {
      assertEquals(2, ModelFile.read(file, backend, 1).classes());
    }
  }

  private DynamicTest edit(String name, Consumer<Map<String, Object>> edit, String reason) {
    return test(
        name,
        () -> {
          Map<String, Object> header = header();
          edit.accept(header);
          refused(file(wide(header), data()), reason);
        });
  }

  private DynamicTest test(String name, Executable body) {
    return DynamicTest.dynamicTest(name, body);
  }

  private void refused(byte[] content, String reason) throws IOException {
    Files.write(file, content);
    try (Backend backend = new ReferenceBackend()) {
      DataException refusal =
          assertThrows(
              DataException.class,
              () -> ModelFile.read(file, backend, 1),
              content.length + " of " + good.length + " bytes");
      assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
      assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
  }

  /** JSON as the engine writes it, integers beyond 2^53 included. */
  private static String wide(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> "\"" + entry.getKey() + "\":" + wide(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case List<?> list ->
          list.stream().map(DamagedModelFileTest::wide).collect(Collectors.joining(",", "[", "]"));
      case Long number -> number.toString();
      default -> Json.canonical(value);
    };
  }

  private static byte[] file(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private Map<String, Object> header() {
    int length = good.length - data().length - 8;
    Map<String, Object> copy = new LinkedHashMap<>();
    Map<?, ?> parsed = (Map<?, ?>) Json.parse(new String(good, 8, length, StandardCharsets.UTF_8));
    parsed.forEach((key, value) -> copy.put((String) key, value));
    return copy;
  }

  private byte[] data() {
    long length = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return Arrays.copyOfRange(good, Math.toIntExact(8 + length), good.length);
  }

  private static void offsets(Map<String, Object> header, String tensor, long... offsets) {
    entry(header, tensor).put("data_offsets", Arrays.stream(offsets).boxed().toList());
  }

  private static Map<String, Object> metadata(Map<String, Object> header) {
    return entry(header, "__metadata__");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> entry(Map<String, Object> header, String key) {
    return (Map<String, Object>) header.get(key);
  }
}

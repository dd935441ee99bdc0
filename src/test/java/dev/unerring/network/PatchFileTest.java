// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Json;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patches survive the model file in PyTorch's layout, the file says that it holds training images,
 * weightsSha256 covers every one of their bytes, and each damage is a DataException of its own.
 */
class PatchFileTest {
  private static final int PATCHES = 2;
  private static final int CLASSES = 3;
  private static final Shape IMAGE = Shape.image2d(28, 28, 3);

  @TempDir private Path folder;
  private Path file;
  private byte[] good;
  private String hash;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("model.safetensors");
    try (Backend backend = new ReferenceBackend()) {
      Network network = new Network("small", IMAGE, CLASSES, backend, 1);
      network.patch(patches(IMAGE));
      ModelFile.write(file, network);
      hash = StoredTensors.of(network).weightsSha256();
    }
    good = Files.readAllBytes(file);
  }

  private static Patches patches(Shape image) {
    byte[] centres = new byte[PATCHES * image.imageElements()];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = (byte) (i * 31 + i / 7);
    }
    return new Patches(centres, new float[] {0.5f, 127.5f}, new float[] {0, 2, 0, -1, 0, 7});
  }

  @Test
  void theyComeBackAsTheyWere() {
    Shape solid = new Shape(1, 8, 9, 10, 1);
    for (Shape image : List.of(IMAGE, solid)) {
      try (Backend backend = new ReferenceBackend()) {
        String name = image.d() == 1 ? "small" : "small3d";
        Network network = new Network(name, image, CLASSES, backend, 1);
        network.patch(patches(image));
        ModelFile.write(file, network);
        Network again = ModelFile.read(file, backend, 1);
        assertEquals(PATCHES, again.patches().size());
        assertEquals(
            StoredTensors.of(network).weightsSha256(), StoredTensors.of(again).weightsSha256());
        Path copy = folder.resolve("copy.safetensors");
        ModelFile.write(copy, again);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(copy));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void theFileSaysWhatItHoldsInChannelsRowsColumns() {
    Map<String, Object> header = header();
    assertEquals("true", metadata(header).get("containsTrainingImages"));
    Map<?, ?> centre = entry(header, "patch.centre");
    assertEquals("U8", centre.get("dtype"));
    assertEquals(List.of(2L, 3L, 28L, 28L), centre.get("shape"));
    int at = start(header, "patch.centre");
    // Second image, channel 1, row 2, column 5.
    int engine = 28 * 28 * 3 + (2 * 28 + 5) * 3 + 1;
    assertEquals((byte) (engine * 31 + engine / 7), good[at + 28 * 28 * 3 + (28 + 2) * 28 + 5]);
  }

  @TestFactory
  Stream<DynamicTest> weightsSha256CoversEveryPart() {
    return Stream.of("patch.centre", "patch.radius", "patch.lift")
        .map(tensor ->
            DynamicTest.dynamicTest(
                tensor,
                () -> {
                  byte[] bytes = good.clone();
                  int at = start(header(), tensor);
                  if (tensor.equals("patch.radius")) {
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, 1.0f);
                  } else {
                    bytes[at] ^= 1;
                  }
                  Files.write(file, bytes);
                  try (Backend backend = new ReferenceBackend()) {
                    Network read = ModelFile.read(file, backend, 1);
                    assertNotEquals(hash, StoredTensors.of(read).weightsSha256());
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> damage() {
    String said = "containsTrainingImages";
    return Stream.of(
        edit("not said", h -> metadata(h).remove(said), "do not say containsTrainingImages"),
        edit("denied", h -> metadata(h).put(said, "false"), "do not say containsTrainingImages"),
        edit("no centre", h -> h.remove("patch.centre"), "it lacks patch.centre"),
        edit("no radius", h -> h.remove("patch.radius"), "it lacks patch.radius"),
        edit("no lift", h -> h.remove("patch.lift"), "it lacks patch.lift"),
        edit("dtype", h -> entry(h, "patch.centre").put("dtype", "I8"), "patch.centre is not U8"),
        edit("one row", h -> shape(h, "patch.lift", 1L, 6L), "patch.lift is not F32 of shape"),
        edit("other image", h -> shape(h, "patch.centre", 2L, 3L, 14L, 56L), "patch.centre is not"),
        edit("no patch", h -> shape(h, "patch.radius", 0L), "patch.radius is not a list"),
        edit("billions", h -> shape(h, "patch.radius", 1L << 40), "patch.radius is not a list"),
        edit("too many", h -> shape(h, "patch.radius", 1L << 30), "patch.radius has offsets"),
        values("radius 0", "patch.radius", 0, "radius of patch 0 is 0.0"),
        values("radius 0.3", "patch.radius", 0.3f, "radius of patch 0 is 0.3"),
        values("radius NaN", "patch.radius", Float.NaN, "radius of patch 0 is NaN"),
        values("lift NaN", "patch.lift", Float.NaN, "lift of patch 0 is NaN"),
        values("lift beyond", "patch.lift", 1e30f, "lift of patch 0 is 1.0E30"));
  }

  @Test
  void imagesThatAreClaimedButNotThereAreMissed() throws IOException {
    Map<String, Object> header = header();
    header.keySet().removeIf(name -> name.startsWith("patch."));
    refused(header, data(), "it lacks patch.radius");
  }

  private DynamicTest values(String name, String tensor, float value, String reason) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          byte[] bytes = data();
          int at = start(header(), tensor) - (good.length - bytes.length);
          ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, value);
          refused(header(), bytes, reason);
        });
  }

  private DynamicTest edit(String name, Consumer<Map<String, Object>> edit, String reason) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Map<String, Object> header = header();
          edit.accept(header);
          refused(header, data(), reason);
        });
  }

  private void refused(Map<String, Object> header, byte[] data, String reason) throws IOException {
    byte[] json = Json.canonical(header).getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        ByteBuffer.allocate(8 + json.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(data)
            .array());
    try (Backend backend = new ReferenceBackend()) {
      DataException refusal =
          assertThrows(DataException.class, () -> ModelFile.read(file, backend, 1));
      assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
      assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
  }

  private static void shape(Map<String, Object> header, String tensor, Long... extents) {
    entry(header, tensor).put("shape", List.of(extents));
  }

  private int headerEnd() {
    return 8 + Math.toIntExact(ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
  }

  private Map<String, Object> header() {
    String json = new String(good, 8, headerEnd() - 8, StandardCharsets.UTF_8);
    Map<String, Object> copy = new LinkedHashMap<>();
    ((Map<?, ?>) Json.parse(json)).forEach((key, value) -> copy.put((String) key, value));
    return copy;
  }

  private byte[] data() {
    return Arrays.copyOfRange(good, headerEnd(), good.length);
  }

  private int start(Map<String, Object> header, String tensor) {
    List<?> offsets = (List<?>) entry(header, tensor).get("data_offsets");
    return headerEnd() + Math.toIntExact((Long) offsets.getFirst());
  }

  private static Map<String, Object> metadata(Map<String, Object> header) {
    return entry(header, "__metadata__");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> entry(Map<String, Object> header, String key) {
    return (Map<String, Object>) header.get(key);
  }
}

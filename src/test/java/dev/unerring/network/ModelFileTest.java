// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Json;
import dev.unerring.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model file is read back bit for bit; it is a safetensors file with PyTorch's names, shapes and
 * order.
 */
class ModelFileTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.safetensors");
  }

  @Test
  void everyBitComesBack() {
    try (Backend backend = new ReferenceBackend()) {
      Network network = small(backend);
      Initializer.initialize(network, 9);
      int[] odd = {
        0x80000000, 1, 0x807fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7fc12345, 0xffc00001
      };
      for (Parameter parameter : network.parameters()) {
        int count = Math.min(odd.length, parameter.spec().size());
        backend.upload(MemorySegment.ofArray(Arrays.copyOf(odd, count)), parameter.value());
      }
      ModelFile.write(file, network);
      Network read = ModelFile.read(file, backend, 3);
      assertEquals(3, read.batch());
      assertEquals("small", read.architecture());
      assertEquals(3, read.classes());
      assertEquals(network.image(), read.image());
      for (int t = 0; t < network.parameters().size(); t++) {
        assertArrayEquals(
            bits(backend, network.parameters().get(t)),
            bits(backend, read.parameters().get(t)),
            network.parameters().get(t).spec().name());
      }
    }
  }

  @Test
  void anEarlierMomentIsWrittenAsItWas() {
    try (Backend backend = new ReferenceBackend()) {
      Network network = small(backend);
      Initializer.initialize(network, 1);
      StoredTensors earlier = StoredTensors.of(network);
      Initializer.initialize(network, 2);
      ModelFile.write(file, network, earlier);
      StoredTensors read = StoredTensors.of(ModelFile.read(file, backend, 1));
      assertEquals(earlier.weightsSha256(), read.weightsSha256());
    }
  }

  @Test
  void namesAndShapesArePyTorchsAndTensorsFollowOneAnother() throws IOException {
    Map<?, ?> header = writtenHeader();
    List<String> wanted = new ArrayList<>(List.of("input.scale [1]", "input.shift [1]"));
    block(wanted, 0, "16, 1");
    block(wanted, 3, "16, 16");
    block(wanted, 7, "64, 16");
    block(wanted, 10, "64, 64");
    block(wanted, 13, "64, 64");
    wanted.addAll(
        List.of(
            "18.weight [128, 1024]",
            "18.bias [128]",
            "20.weight [128, 128]",
            "20.bias [128]",
            "22.weight [3, 128]",
            "22.bias [3]"));
    long offset = 0;
    for (String tensor : wanted) {
      Map<?, ?> entry = (Map<?, ?>) header.get(tensor.substring(0, tensor.indexOf(' ')));
      assertEquals(tensor.substring(tensor.indexOf(' ') + 1), String.valueOf(entry.get("shape")));
      assertEquals("F32", entry.get("dtype"));
      long words = 1;
      for (Object extent : (List<?>) entry.get("shape")) {
        words *= (Long) extent;
      }
      assertEquals(List.of(offset, offset + 4 * words), entry.get("data_offsets"), tensor);
      offset += 4 * words;
    }
    assertEquals(wanted.size() + 1, header.size(), "the tensors and __metadata__");
    ByteBuffer bytes = bytes();
    assertEquals(0, bytes.getLong(0) % 8, "the data are aligned");
    assertEquals(8 + bytes.getLong(0) + offset, bytes.limit());
  }

  private static void block(List<String> wanted, int index, String outIn) {
    String channels = "[" + outIn.substring(0, outIn.indexOf(',')) + "]";
    wanted.add(index + ".weight [" + outIn + ", 3, 3]");
    wanted.add(index + ".bias " + channels);
    for (String what : List.of("weight", "bias", "running_mean", "running_var")) {
      wanted.add(index + 1 + "." + what + " " + channels);
    }
  }

  @Test
  void metadataSayWhatTheNetworkIs() throws IOException {
    Map<?, ?> metadata = (Map<?, ?>) writtenHeader().get("__metadata__");
    assertEquals("small", metadata.get("architecture"));
    assertEquals("3", metadata.get("classes"));
    assertEquals("1x28x28x1", metadata.get("input"));
    assertTrue(metadata.values().stream().allMatch(String.class::isInstance), "safetensors' rule");
  }

  @Test
  void convolutionsAreOutInRowColumn() throws IOException {
    try (Backend backend = new ReferenceBackend()) {
      Network network = small(backend);
      float[] engine = new float[9 * 16 * 64];
      for (int tap = 0; tap < 9; tap++) {
        for (int ic = 0; ic < 16; ic++) {
          for (int oc = 0; oc < 64; oc++) {
            engine[(tap * 16 + ic) * 64 + oc] = oc * 1000 + ic * 10 + tap;
          }
        }
      }
      backend.upload(MemorySegment.ofArray(engine), parameter(network, "7.weight").value());
      ModelFile.write(file, network);
    }
    ByteBuffer bytes = bytes();
    int at = start("7.weight");
    for (int oc = 0; oc < 64; oc++) {
      for (int ic = 0; ic < 16; ic++) {
        for (int tap = 0; tap < 9; tap++, at += 4) {
          assertEquals(oc * 1000 + ic * 10 + tap, bytes.getFloat(at));
        }
      }
    }
  }

  @Test
  void theFirstLinearLayerTakesChannelsThenPositions() throws IOException {
    try (Backend backend = new ReferenceBackend()) {
      Network network = small(backend);
      float[] engine = new float[16 * 64 * 128];
      for (int position = 0; position < 16; position++) {
        for (int c = 0; c < 64; c++) {
          for (int out = 0; out < 128; out++) {
            engine[(position * 64 + c) * 128 + out] = out * 1024 + c * 16 + position;
          }
        }
      }
      backend.upload(MemorySegment.ofArray(engine), parameter(network, "18.weight").value());
      ModelFile.write(file, network);
    }
    ByteBuffer bytes = bytes();
    int at = start("18.weight");
    for (int i = 0; i < engineSize(); i++) {
      assertEquals(i, bytes.getFloat(at + 4 * i));
    }
  }

  private static int engineSize() {
    return 128 * 1024;
  }

  @Test
  void aMissingFileIsNamed() {
    try (Backend backend = new ReferenceBackend()) {
      DataException refusal =
          assertThrows(DataException.class, () -> ModelFile.read(file, backend, 1));
      assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
    }
  }

  private Map<?, ?> writtenHeader() throws IOException {
    try (Backend backend = new ReferenceBackend()) {
      ModelFile.write(file, small(backend));
    }
    return header();
  }

  private Map<?, ?> header() throws IOException {
    ByteBuffer bytes = bytes();
    int length = Math.toIntExact(bytes.getLong(0));
    String json = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    return (Map<?, ?>) Json.parse(json);
  }

  private int start(String tensor) throws IOException {
    List<?> offsets = (List<?>) ((Map<?, ?>) header().get(tensor)).get("data_offsets");
    return Math.toIntExact(8 + bytes().getLong(0) + (Long) offsets.getFirst());
  }

  private ByteBuffer bytes() throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Network small(Backend backend) {
    return new Network("small", Shape.image2d(28, 28, 1), 3, backend, 1);
  }

  private static Parameter parameter(Network network, String name) {
    return network.parameters().stream()
        .filter(parameter -> parameter.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static int[] bits(Backend backend, Parameter parameter) {
    int[] bits = new int[parameter.spec().size()];
    backend.download(parameter.value(), MemorySegment.ofArray(bits));
    return bits;
  }
}

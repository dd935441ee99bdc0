// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.suite.TestBackends;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each image by itself: centred, by its largest absolute value, 4 decimals; constants are zeros.
 */
class ImageScaleTest {
  @TempDir private Path folder;

  @Test
  void asExactArithmeticSays() {
    float[] pixels = new float[3 * 9];
    for (int i = 0; i < 9; i++) {
      pixels[i] = i * 29 % 256;
      pixels[9 + i] = 17;
      pixels[18 + i] = i == 4 ? 255 : 0;
    }
    float[] scaled = pixels.clone();
    for (int n = 0; n < 3; n++) {
      ImageScale.scale(scaled, 9 * n, 9);
    }
    assertArrayEquals(exact(pixels, 0), Arrays.copyOfRange(scaled, 0, 9));
    assertArrayEquals(new float[9], Arrays.copyOfRange(scaled, 9, 18));
    assertArrayEquals(exact(pixels, 18), Arrays.copyOfRange(scaled, 18, 27));
    assertEquals(1.0f, scaled[22]);
    assertEquals(-0.125f, scaled[18]);
  }

  private static float[] exact(float[] pixels, int from) {
    MathContext digits = new MathContext(40);
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < 9; i++) {
      sum = sum.add(new BigDecimal(pixels[from + i]));
    }
    BigDecimal mean = sum.divide(BigDecimal.valueOf(9), digits);
    BigDecimal largest = BigDecimal.ZERO;
    for (int i = 0; i < 9; i++) {
      largest = largest.max(new BigDecimal(pixels[from + i]).subtract(mean).abs());
    }
    float[] result = new float[9];
    for (int i = 0; i < 9; i++) {
      BigDecimal share = new BigDecimal(pixels[from + i]).subtract(mean).divide(largest, digits);
      result[i] = share.setScale(4, RoundingMode.HALF_EVEN).floatValue();
    }
    return result;
  }

  @Test
  void theModelFileTakesRawPixelsAndItsWeightsAreWithinFive() {
    Shape image = Shape.image2d(28, 28, 1);
    try (Backend backend = TestBackends.open()) {
      Network network = new Network("deng-7", image, 3, backend, 2);
      assertEquals(784 * 7 + 7 + 7 * 3 + 3, network.parameterCount());
      Initializer.initialize(network, 4);
      float[] values = new float[Math.toIntExact(network.parameterCount())];
      backend.download(network.values(), MemorySegment.ofArray(values));
      float least = 0;
      float most = 0;
      for (float value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      assertTrue(least >= -5 && least < -4.9f && most < 5 && most > 4.9f, least + " " + most);
      Path file = folder.resolve("model.safetensors");
      ModelFile.write(file, network);
      Network read = ModelFile.read(file, backend, 2);
      assertEquals("deng-7", read.architecture());
      float[] pixels = new float[2 * 784];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = i * 31 % 256;
      }
      assertArrayEquals(logits(network, pixels), logits(read, pixels));
    }
    for (String wrong : new String[] {"deng-", "deng-0", "deng-4097", "deng-x", "deng-07"}) {
      UsageException refusal =
          assertThrows(UsageException.class, () -> Architectures.layers(wrong, image, 3));
      assertTrue(refusal.getMessage().contains("hidden units, 1 to 4096"), refusal.getMessage());
    }
  }

  private static float[] logits(Network network, float[] pixels) {
    float[] logits = new float[2 * 3];
    var out = network.forward(MemorySegment.ofArray(pixels), 2, Mode.RUNNING_STATISTICS);
    network.backend().download(out.data(), MemorySegment.ofArray(logits));
    return logits;
  }
}

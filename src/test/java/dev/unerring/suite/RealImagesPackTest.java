// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Fit;
import dev.unerring.data.Split;
import dev.unerring.images.ImageFolder;
import dev.unerring.images.PackInput;
import dev.unerring.images.PackRequest;
import dev.unerring.images.Packer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The genuine BreastMNIST, unpacked to PNG files and packed again, is the same set. */
class RealImagesPackTest {
  @TempDir private Path folder;

  @Test
  void breastmnistThroughPngFilesIsTheSameSet() throws IOException {
    StringBuilder csv = new StringBuilder("path,label,split\n");
    try (Dataset real = Dataset.open(TestData.real("breastmnist.npz"))) {
      for (Split split : real.splits()) {
        byte[] images = split.images().toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i < split.size(); i++) {
          byte[] image = Arrays.copyOfRange(images, i * 784, (i + 1) * 784);
          String name = "png/" + split.name() + i + ".png";
          ImageFolder.write(folder, name, ImageFolder.grey(28, 28, image));
          String label = real.labelNames().get(split.label(i));
          csv.append(name + ",\"" + label + "\"," + split.name() + "\n");
        }
      }
      Path table = Files.writeString(folder.resolve("t.csv"), csv);
      PackInput input = PackInput.Table.of(table).withClasses(real.labelNames());
      Path out = folder.resolve("again.npz");
      Packer.pack(
          new PackRequest(input, out, Optional.empty(), Fit.NONE, 0, List.of(), 0, 2),
          WorkMonitor.SILENT);
      try (Dataset again = Dataset.open(out)) {
        assertEquals(real.contentSha256(), again.contentSha256());
        assertEquals(real.labelNames(), again.labelNames());
        assertArrayEquals(
            real.test().images().toArray(ValueLayout.JAVA_BYTE),
            again.test().images().toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }
}

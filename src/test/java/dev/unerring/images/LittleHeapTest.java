// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Fit;
import dev.unerring.suite.ChildJvm;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packing needs heap for the pictures in hand, not for the set; a lack of it is no damage. */
class LittleHeapTest {
  @TempDir private Path folder;

  /** Packs {@code args[0]} into {@code args[1]} and says how it went. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      PackInput input = new PackInput.Folder(Path.of(args[0]), Optional.empty(), List.of());
      Optional<PackRequest.Size> size = Optional.of(new PackRequest.Size(1024, 1024));
      PackRequest request =
          new PackRequest(input, Path.of(args[1]), size, Fit.CROP, 0, List.of(), 0, 4);
      try {
        Packer.pack(request, WorkMonitor.SILENT);
        System.out.println("packed");
      } catch (DataException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private List<String> pack(String out) throws Exception {
    List<String> words = List.of(folder.resolve("in").toString(), folder.resolve(out).toString());
    return ChildJvm.lines(List.of("-Xmx32m", "-Djava.awt.headless=true"), Program.class, words);
  }

  private byte[] picture(int height, int width, int type, String format) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    image.setRGB(width / 2, height / 2, 0xFFA0A0A0);
    Path file = folder.resolve("picture");
    assertTrue(ImageIO.write(image, format, file.toFile()));
    return Files.readAllBytes(file);
  }

  @Test
  void aSetLargerThanTheHeapIsPacked() throws Exception {
    byte[] png = picture(1024, 1024, BufferedImage.TYPE_BYTE_GRAY, "png");
    for (int i = 0; i < 60; i++) {
      ImageFolder.write(folder, "in/" + (i % 2 == 0 ? "a/" : "b/") + i + ".png", png);
    }
    assertEquals(List.of("packed"), pack("set.npz"));
    assertTrue(Files.size(folder.resolve("set.npz")) > 60 << 20);
    try (Stream<Path> left = Files.list(folder)) {
      assertTrue(left.noneMatch(file -> file.toString().contains("pixels")), "nothing is left");
    }
  }

  @Test
  void aPictureLargerThanTheHeapIsNotCalledDamaged() throws Exception {
    ImageFolder.write(
        folder, "in/a/1.png", picture(6000, 5000, BufferedImage.TYPE_3BYTE_BGR, "png"));
    ImageFolder.write(
        folder, "in/b/2.jpg", picture(6000, 5000, BufferedImage.TYPE_3BYTE_BGR, "jpg"));
    for (int i = 3; i < 9; i++) {
      ImageFolder.write(folder, "in/b/" + i + ".png", ImageFolder.picture(30, 30, i));
    }
    String said = String.join("\n", pack("large.npz"));
    assertTrue(said.startsWith("2 of 8 images cannot be used:"), said);
    assertTrue(said.contains("1.png: decoding its 90000000 samples takes up to 270.0 MB"), said);
    assertTrue(said.contains("2.jpg: decoding its 90000000 samples takes up to 270.0 MB"), said);
    assertFalse(said.contains("damaged"), said);
  }
}

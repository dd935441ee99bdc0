// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --data}: files, flags in both folders, the demo set, and what is said otherwise. */
class DatasetLocatorTest {
  @TempDir Path folder;
  private Path root;
  private Path cache;
  private DatasetLocator locator;

  @BeforeEach
  void folders() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    cache = Files.createDirectories(folder.resolve("home/.medmnist"));
    locator =
        new DatasetLocator(Optional.of(root), folder.resolve("home"), folder.resolve("new/demo"));
  }

  @Test
  void filesAreTakenAsTheyAre() throws IOException {
    Path file = Files.createFile(folder.resolve("my set.npz"));
    assertEquals(file, locator.locate(file.toString()));
    String missing = folder.resolve("none.npz").toString();
    DataException e = assertThrows(DataException.class, () -> locator.locate(missing));
    assertTrue(e.getMessage().contains("there is no such file (looked for"), e.getMessage());
  }

  @Test
  void flagsAreLookedForInRootThenInTheUsualFolder() throws IOException {
    Path inCache = Files.createFile(cache.resolve("breastmnist.npz"));
    assertEquals(inCache, locator.locate("breastmnist"));
    Path inRoot = Files.createFile(root.resolve("breastmnist.npz"));
    assertEquals(inRoot, locator.locate("breastmnist"));
    Path large = Files.createFile(cache.resolve("breastmnist_64.npz"));
    assertEquals(large, locator.locate("breastmnist_64"));
  }

  @Test
  void aMissingFlagSaysWhatWasTriedAndWhereToGetIt() {
    DataException e = assertThrows(DataException.class, () -> locator.locate("retinamnist_128"));
    assertTrue(e.getMessage().contains(root.resolve("retinamnist_128.npz").toString()));
    assertTrue(e.getMessage().contains(cache.resolve("retinamnist_128.npz").toString()));
    assertTrue(e.getMessage().contains("zenodo.org/records/10519652/files/retinamnist_128.npz"));
    assertTrue(e.getMessage().contains("MD5 "));
  }

  @Test
  void anUnknownFlagIsAUsageError() {
    for (String data : new String[] {"brestmnist", "", "nodulemnist3d_128", "a\0b"}) {
      UsageException e = assertThrows(UsageException.class, () -> locator.locate(data));
      assertEquals(2, e.exitCode());
    }
    UsageException e = assertThrows(UsageException.class, () -> locator.locate("brestmnist"));
    assertTrue(e.getMessage().startsWith("brestmnist is neither a file nor a known flag"));
    assertTrue(e.getMessage().contains("did you mean breastmnist or chestmnist?"), e.getMessage());
    assertTrue(e.getMessage().contains("known are demo, pathmnist"), e.getMessage());
  }

  @Test
  void demoIsWrittenOnceAndFound() throws IOException {
    Path file = locator.locate("demo");
    assertEquals(folder.resolve("new/demo/demo.npz"), file);
    assertEquals(file, locator.locate("demo"));
    assertEquals(1, Files.list(file.getParent()).count());
  }

  @Test
  void demoWithoutAFolder() throws IOException {
    Path taken = Files.createFile(folder.resolve("taken"));
    DatasetLocator blocked = new DatasetLocator(Optional.empty(), folder, taken.resolve("demo"));
    DataException e = assertThrows(DataException.class, () -> blocked.locate("demo"));
    assertTrue(e.getMessage().contains("the folder for the demo set cannot be made"));
  }
}

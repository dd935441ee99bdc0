// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.fetch.FakeServer;
import dev.unerring.suite.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code datasets list, info, verify, fetch}: what they print, and every kind of bad input. */
class DatasetsVerbsTest {
  @TempDir Path folder;

  private static void assertFails(int code, String reason, Object... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertEquals(code, run.code(), run.err());
    String last = run.err().lines().filter(l -> l.startsWith("unerring: ")).toList().getLast();
    assertTrue(last.contains(reason), last);
    assertFalse(run.err().contains("\tat "), run.err());
  }

  private Path copy(String name) throws IOException {
    return Files.copy(TestData.real("breastmnist.npz"), folder.resolve(name));
  }

  private Path own(String name) {
    return TestData.write(folder.resolve(name), 12, 3);
  }

  @Test
  void theGroupAloneNamesItsVerbs() {
    assertFails(2, "name one of: list, info, verify, fetch", "datasets");
  }

  @Test
  void listHasAllSetsAndSaysWhatIsHere() throws IOException {
    copy("breastmnist.npz");
    own("retinamnist.npz");
    CommandRun run = CommandRun.of("datasets", "list", "--root", folder);
    assertEquals(0, run.code(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(1 + 18 + 1, lines.size(), run.out());
    assertTrue(line(lines, "chestmnist").contains("14 labels"), run.out());
    assertTrue(line(lines, "synapsemnist3d").matches(".* 2 +3D grey .* 28 64( .*)?"), run.out());
    assertTrue(line(lines, "breastmnist").contains("28 64 128 224  28 present"), run.out());

    CommandRun checked = CommandRun.of("datasets", "list", "--verify", "--root", folder);
    assertTrue(line(checked.out().lines().toList(), "breastmnist").contains("28 official"));
    assertTrue(line(checked.out().lines().toList(), "retinamnist").contains("28 other"));

    CommandRun json = CommandRun.of("datasets", "list", "--json", "--root", folder);
    List<?> sets = (List<?>) Json.parse(json.out());
    assertEquals(19, sets.size());
    assertEquals(89996L, ((Map<?, ?>) sets.getFirst()).get("train"));
  }

  private static String line(List<String> lines, String flag) {
    return lines.stream().filter(l -> l.startsWith(flag + " ")).findFirst().orElseThrow();
  }

  @Test
  void infoSaysEverythingOfTheManifest() throws IOException {
    Path file = copy("breastmnist.npz");
    CommandRun run = CommandRun.of("datasets", "info", "breastmnist", "--root", folder, "--verify");
    assertEquals(0, run.code(), run.err());
    for (String part :
        List.of(
            "BreastMNIST (breastmnist)",
            "Zenodo record 10519652",
            "licence  CC BY 4.0",
            "546 train, 78 val, 156 test",
            "labels   0 malignant",
            "1 normal, benign",
            "MD5      750601b1f35ba3300ea97c75c52ff8f6",
            "SHA-256  3a22d2a4",
            "https://zenodo.org/records/10519652/files/breastmnist_224.npz",
            "here     " + file + ", 559580 bytes, official")) {
      assertTrue(run.out().contains(part), part + " is not in\n" + run.out());
    }
    CommandRun json = CommandRun.of("datasets", "info", "organmnist3d_64", "--json");
    Map<?, ?> info = (Map<?, ?>) Json.parse(json.out());
    assertEquals(11, ((List<?>) info.get("labels")).size());
    assertEquals(2, ((List<?>) info.get("files")).size());
    assertEquals(0, CommandRun.of("datasets", "info", "demo").code());
  }

  @Test
  void anUnknownFlagNamesTheNearest() {
    for (String verb : List.of("info", "fetch")) {
      assertFails(2, "did you mean retinamnist?", "datasets", verb, "retinmnist");
      assertFails(2, "'zzz' is not a known flag; known are demo, ", "datasets", verb, "zzz");
      assertFails(2, "FLAG", "datasets", verb);
    }
    assertFails(2, "did you mean tissuemnist?", "audit", "--data", "tisuemnist");
  }

  @Test
  void verifyTellsOfficialFilesWhateverTheirName() throws IOException {
    Path file = copy("mine.npz");
    CommandRun run = CommandRun.of("datasets", "verify", file);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("verdict   sound; the official breastmnist.npz"), run.out());
    assertTrue(run.out().matches("(?s).*samples +546 +78 +156\n +published +546 +78 +156\n.*"));
    assertTrue(run.out().matches("(?s).* 0 malignant +147 +21 +42\n.*"), run.out());
    assertFails(5, "not what its name says", "datasets", "verify", copy("retinamnist.npz"));
  }

  @Test
  void verifyOfOtherFiles() throws IOException {
    CommandRun sound = CommandRun.of("datasets", "verify", own("mine.npz"));
    assertEquals(0, sound.code(), sound.err());
    assertTrue(sound.out().contains("sound; not an official MedMNIST file"), sound.out());
    assertFails(
        5, "files of MedMNIST before version 2.2.4", "datasets", "verify", own("pathmnist.npz"));
    assertFails(5, "there is no such file", "datasets", "verify", folder.resolve("none.npz"));
    assertFails(5, "there is no such file", "datasets", "verify", folder);
    Path text = Files.writeString(folder.resolve("text.npz"), "no zip");
    assertFails(5, "this is not an npz file", "datasets", "verify", text);
    Path damaged = copy("damaged.npz");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    CommandRun run = CommandRun.of("datasets", "verify", damaged);
    assertEquals(5, run.code(), run.err());
    assertTrue(run.out().contains("MD5       "), run.out());
    assertTrue(run.err().contains("train_images.npy"), run.err());
  }

  @Test
  void fetchGetsTheOfficialFileFromAMirror() throws IOException {
    byte[] file = Files.readAllBytes(TestData.real("breastmnist.npz"));
    Path root = folder.resolve("new/root");
    try (FakeServer server = new FakeServer(FakeServer.sound(file, "\"v\""))) {
      Object[] fetch = {
        "datasets", "fetch", "breastmnist", "--root", root, "--mirror", server.url("/data//")
      };
      CommandRun run = CommandRun.of(fetch);
      assertEquals(0, run.code(), run.err());
      assertTrue(run.out().startsWith("fetched: " + root.resolve("breastmnist.npz")), run.out());
      assertTrue(run.out().contains("licence  CC BY 4.0"), run.out());
      assertTrue(run.err().contains("http is not encrypted"), run.err());
      assertEquals("/data/breastmnist.npz", server.requests().getFirst().path());
      assertArrayEquals(file, Files.readAllBytes(root.resolve("breastmnist.npz")));
      assertTrue(CommandRun.of(fetch).out().startsWith("already there: "));
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void fetchRefusesWhatCannotBeFetched() throws IOException {
    assertFails(2, "contradict each other", "datasets", "fetch", "pathmnist_64", "--size", 28);
    assertFails(2, "28, 64 pixels, not 128", "datasets", "fetch", "organmnist3d", "--size", 128);
    assertFails(2, "28, 64 pixels, not 224", "datasets", "fetch", "organmnist3d_224");
    assertFails(2, "the demo set is generated", "datasets", "fetch", "demo");
    assertFails(2, "is not an address", "datasets", "fetch", "pathmnist", "--url", "http://[");
    assertFails(
        2, "give https://host/path", "datasets", "fetch", "pathmnist", "--mirror", "/mnt/data");
    assertFails(
        2, "mutually exclusive", "datasets", "fetch", "pathmnist", "--url", "a", "--mirror", "b");
    try (FakeServer server =
        new FakeServer((request, out) -> out.write(FakeServer.head("404 Not Found")))) {
      assertFails(
          5,
          "the server does not have it (404); by hand: download https://zenodo.org/",
          "datasets",
          "fetch",
          "bloodmnist",
          "--root",
          folder,
          "--url",
          server.url("/x"));
    }
    own("octmnist.npz");
    assertFails(5, "give --force", "datasets", "fetch", "octmnist", "--root", folder);
  }
}

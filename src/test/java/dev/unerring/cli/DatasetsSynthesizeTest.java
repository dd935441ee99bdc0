// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code unerring datasets synthesize}: what it writes, says and refuses. */
class DatasetsSynthesizeTest {
  @TempDir private Path folder;

  private CommandRun synthesize(String flag, Path out, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("datasets", "synthesize", flag, "--out", out.toString()));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray());
  }

  @Test
  void aSetIsWrittenAndItsAuditSaysThatItIsSynthetic() {
    Path file = folder.resolve("x.npz");
    CommandRun run = synthesize("bloodmnist", file, "--scale", "0.01", "--conflicts", "2");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("synthetic-bloodmnist, synthetic, shows no patient"), run.out());
    assertTrue(run.out().contains("class balance: quoted"), run.out());
    CommandRun audit = CommandRun.of("audit", "--data", file.toString());
    assertEquals(0, audit.code(), audit.err());
    assertTrue(audit.out().startsWith("Audit of synthetic-bloodmnist: "), audit.out());
    assertTrue(audit.out().contains("it was generated and shows no patient"), audit.out());
    assertTrue(audit.out().contains("Floor of training errors: 2"), audit.out());
  }

  @Test
  void anAssumedBalanceIsSaid() {
    CommandRun run = synthesize("synapsemnist3d", folder.resolve("x.npz"), "--scale", "0.02");
    assertTrue(run.out().contains("class balance: assumed"), run.out());
  }

  @Test
  void aFileThatIsThereStays() throws IOException {
    Path file = Files.write(folder.resolve("x.npz"), new byte[] {1, 2, 3});
    CommandRun run = synthesize("breastmnist", file);
    assertEquals(2, run.code());
    assertTrue(run.err().contains("x.npz is there already"), run.err());
    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(file));
  }

  @Test
  void whatIsRefusedLeavesNoFile() {
    refused("'brestmnist' is not a known flag; did you mean breastmnist", "brestmnist");
    refused("'demo' is not the flag", "demo");
    refused("'breastmnist_64' is not the flag", "breastmnist_64");
    refused("9 train samples are too few for 11 classes", "organamnist", "--train", "9");
    refused("no images of size 30; give one of [28, 64, 128, 224]", "octmnist", "--size", "30");
    refused("--scale is a share above 0", "octmnist", "--scale", "0");
    refused("that many conflicts; plant fewer", "breastmnist", "--conflicts", "400");
    refused("cannot be negative", "breastmnist", "--twins", "-1");
    Path nowhere = folder.resolve("no/x.npz");
    CommandRun run = synthesize("breastmnist", nowhere, "--scale", "0.1");
    assertEquals(5, run.code(), run.err());
    assertTrue(run.err().contains("not saved"), run.err());
  }

  private void refused(String message, String flag, String... options) {
    Path file = folder.resolve("refused.npz");
    CommandRun run = synthesize(flag, file, options);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(file));
  }
}

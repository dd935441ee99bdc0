// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.FileHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SHA-256 of an official file is recorded once and compared later. */
class KnownHashesTest {
  private static final FileHashes FIRST = new FileHashes("a".repeat(32), "1".repeat(64));
  private static final FileHashes OTHER = new FileHashes("b".repeat(32), "2".repeat(64));

  @TempDir Path folder;

  @Test
  void recordsAtFirstSightAndComparesLater() {
    KnownHashes known = new KnownHashes(folder.resolve("new/cache"));
    assertEquals(Optional.empty(), known.sha256(FIRST.md5()));
    known.check(Path.of("x.npz"), FIRST);
    known.check(Path.of("y.npz"), OTHER);
    known.check(Path.of("x.npz"), FIRST);
    assertEquals(Optional.of(FIRST.sha256()), known.sha256(FIRST.md5()));
    assertEquals(Optional.of(OTHER.sha256()), known.sha256(OTHER.md5()));
    FileHashes forged = new FileHashes(FIRST.md5(), OTHER.sha256());
    DataException e =
        assertThrows(DataException.class, () -> known.check(Path.of("x.npz"), forged));
    assertTrue(e.getMessage().startsWith("x.npz: its MD5 is that of an official file, but"));
    assertTrue(e.getMessage().contains(FIRST.sha256()), e.getMessage());
    assertEquals(Optional.of(FIRST.sha256()), known.sha256(FIRST.md5()));
  }

  @Test
  void aFolderThatCannotBeWrittenStopsNobody() throws IOException {
    Path taken = Files.createFile(folder.resolve("taken"));
    KnownHashes known = new KnownHashes(taken.resolve("cache"));
    known.check(Path.of("x.npz"), FIRST);
    assertEquals(Optional.empty(), known.sha256(FIRST.md5()));
  }

  @Test
  void aDamagedRecordIsBegunAgain() throws IOException {
    Path record = folder.resolve("official-sha256.json");
    for (String damage : new String[] {"", "{", "[]", "{\"sha256ByMd5\": 3}"}) {
      Files.writeString(record, damage);
      KnownHashes known = new KnownHashes(folder);
      known.check(Path.of("x.npz"), FIRST);
      assertEquals(Optional.of(FIRST.sha256()), known.sha256(FIRST.md5()));
    }
  }
}

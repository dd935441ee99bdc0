// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.unerring.base.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tree is that of RFC 6962, written here by its recursive definition; paths prove leaves. */
class MerkleTreeTest {
  private static final int MOST = 34;

  @Test
  void theRootOfPublishedLeavesIsThePublishedOne() {
    // The test leaves of certificate transparency.
    List<byte[]> leaves = new ArrayList<>();
    for (String hex :
        "-,00,10,2021,3031,40414243,5051525354555657,606162636465666768696a6b6c6d6e6f".split(",")) {
      leaves.add(MerkleTree.leaf(HexFormat.of().parseHex(hex.replace("-", ""))));
    }
    assertEquals(
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        HexFormat.of().formatHex(MerkleTree.root(leaves)));
  }

  @Test
  void rootsAreThoseOfTheDefinition() {
    for (int size = 1; size <= MOST; size++) {
      assertArrayEquals(defined(records(size)), MerkleTree.root(leaves(size)), size + " leaves");
    }
  }

  @Test
  void everyLeafIsProvedAndNoOther() {
    for (int size = 1; size <= MOST; size++) {
      List<byte[]> leaves = leaves(size);
      byte[] root = MerkleTree.root(leaves);
      for (int leaf = 0; leaf < size; leaf++) {
        List<byte[]> path = MerkleTree.path(leaves, leaf);
        assertArrayEquals(root, MerkleTree.root(leaves.get(leaf), leaf, size, path));
        for (int other = 0; other < size; other++) {
          if (other != leaf) {
            byte[] found = MerkleTree.root(leaves.get(other), leaf, size, path);
            assertFalse(Arrays.equals(root, found));
            found = MerkleTree.root(leaves.get(leaf), other, size, path);
            assertFalse(Arrays.equals(root, found), leaf + " as " + other + " of " + size);
          }
        }
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(root);
        assertEquals(null, MerkleTree.root(leaves.get(leaf), leaf, size, longer));
        if (!path.isEmpty()) {
          List<byte[]> shorter = path.subList(1, path.size());
          assertEquals(null, MerkleTree.root(leaves.get(leaf), leaf, size, shorter));
        }
      }
    }
  }

  private static List<byte[]> records(int size) {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      records.add(new byte[] {(byte) i, 5});
    }
    return records;
  }

  private static List<byte[]> leaves(int size) {
    return records(size).stream().map(MerkleTree::leaf).toList();
  }

  private static byte[] defined(List<byte[]> records) {
    MessageDigest digest = Sha256.digest();
    if (records.size() == 1) {
      digest.update((byte) 0);
      return digest.digest(records.getFirst());
    }
    int left = Integer.highestOneBit(records.size() - 1);
    digest.update((byte) 1);
    digest.update(defined(records.subList(0, left)));
    return digest.digest(defined(records.subList(left, records.size())));
  }
}

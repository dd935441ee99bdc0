// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.base.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 6962 with SHA-256: a leaf is SHA-256(0x00, record), a node SHA-256(0x01,
 * left, right), and the left subtree holds the largest power of two of leaves below their number.
 */
final class MerkleTree {
  private MerkleTree() {}

  /** The hash of one record. */
  static byte[] leaf(byte[] record) {
    MessageDigest digest = Sha256.digest();
    digest.update((byte) 0);
    return digest.digest(record);
  }

  private static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = Sha256.digest();
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }

  /** The root of at least one leaf. */
  static byte[] root(List<byte[]> leaves) {
    List<byte[]> level = leaves;
    while (level.size() > 1) {
      level = above(level);
    }
    return level.getFirst();
  }

  /** Joins neighbours; an odd last one passes up, which gives the tree of RFC 6962. */
  private static List<byte[]> above(List<byte[]> level) {
    List<byte[]> above = new ArrayList<>((level.size() + 1) / 2);
    for (int i = 0; i < level.size(); i += 2) {
      above.add(i + 1 < level.size() ? node(level.get(i), level.get(i + 1)) : level.get(i));
    }
    return above;
  }

  /** The siblings from a leaf to the root, the lowest first. */
  static List<byte[]> path(List<byte[]> leaves, int leaf) {
    List<byte[]> path = new ArrayList<>();
    List<byte[]> level = leaves;
    for (int at = leaf; level.size() > 1; at /= 2) {
      int sibling = at ^ 1;
      if (sibling < level.size()) {
        path.add(level.get(sibling));
      }
      level = above(level);
    }
    return path;
  }

  /**
   * The root that a leaf and its path lead to.
   *
   * @param leaf its number
   * @param size number of leaves
   * @return null where the path has another length
   */
  static byte[] root(byte[] leafHash, int leaf, int size, List<byte[]> path) {
    byte[] hash = leafHash;
    int next = 0;
    for (int at = leaf, last = size - 1; last > 0; at /= 2, last /= 2) {
      if (at == last && at % 2 == 0) {
        continue; // an odd last one passes up
      }
      if (next == path.size()) {
        return null;
      }
      byte[] sibling = path.get(next++);
      hash = at % 2 == 0 ? node(hash, sibling) : node(sibling, hash);
    }
    return next == path.size() ? hash : null;
  }
}

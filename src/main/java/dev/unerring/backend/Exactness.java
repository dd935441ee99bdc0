// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

/** What a backend promises about its bits. */
public enum Exactness {
  /** The 32-bit patterns of {@link ReferenceBackend}, NaN payloads aside. */
  BITWISE,

  /** Values within a stated bound of {@link ReferenceBackend}; such a backend never certifies. */
  TOLERANCE
}

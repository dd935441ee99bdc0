// SPDX-License-Identifier: Apache-2.0
/**
 * Native libraries through {@code java.lang.foreign}: finding them, loading them by absolute path,
 * one Java method a C function. The only package that may call a linker; it knows no tensor, no
 * network and no plan.
 */
package dev.unerring.ffi;

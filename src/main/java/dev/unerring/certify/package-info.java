// SPDX-License-Identifier: Apache-2.0
/**
 * Judging a finished model: from the files alone, in ordered arithmetic. It must not know the
 * trainer, the corrector or a native library, so that their mistakes cannot hide here.
 */
package dev.unerring.certify;

// SPDX-License-Identifier: Apache-2.0
/**
 * Verification of certificates from the files alone. It knows nothing of training and correction,
 * so that their mistakes cannot hide here.
 */
package dev.unerring.verify;

// SPDX-License-Identifier: Apache-2.0
/**
 * Sets that the program makes itself: the demo set and synthetic sets in the form of a known one.
 */
package dev.unerring.generate;

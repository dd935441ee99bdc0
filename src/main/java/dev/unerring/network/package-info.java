// SPDX-License-Identifier: Apache-2.0
/**
 * Layers, networks and their file. Layers call a {@link dev.unerring.backend.Backend} and hold no
 * arithmetic of their own; the package knows no data set, no plan and no optimiser.
 */
package dev.unerring.network;

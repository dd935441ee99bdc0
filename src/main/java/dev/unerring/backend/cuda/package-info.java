// SPDX-License-Identifier: Apache-2.0
/**
 * The operations of {@link dev.unerring.backend.Backend} on an NVIDIA GPU. {@link
 * dev.unerring.backend.cuda.Gpu} owns the device's stream and memory; it knows no data set and no
 * network.
 */
package dev.unerring.backend.cuda;

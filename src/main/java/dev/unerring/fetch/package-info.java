// SPDX-License-Identifier: Apache-2.0
/**
 * Gets published data files over the network: the only package that opens a connection, and reached
 * from the verb {@code datasets fetch} alone. What arrives is nothing until its MD5 is the
 * published one.
 */
package dev.unerring.fetch;

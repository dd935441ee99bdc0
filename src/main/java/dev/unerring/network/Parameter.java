// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.tensor.Buffer;

/**
 * One stored tensor of a network in use, in the engine's layout.
 *
 * @param spec its declaration
 * @param value its elements, a slice of the network's flat buffer
 * @param gradient its gradient, a slice of the flat gradient; null where it is not trained
 */
public record Parameter(ParameterSpec spec, Buffer value, Buffer gradient) {}

// SPDX-License-Identifier: Apache-2.0
/**
 * The operations of a network and who carries them out. {@link
 * dev.unerring.backend.ReferenceBackend} is the definition of every bit; the others must equal it
 * or say that they do not. A backend knows no layer, no data set and no plan.
 */
package dev.unerring.backend;

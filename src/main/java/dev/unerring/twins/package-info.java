// SPDX-License-Identifier: Apache-2.0
/** Images that are nearly the same: within a split and across splits. */
package dev.unerring.twins;

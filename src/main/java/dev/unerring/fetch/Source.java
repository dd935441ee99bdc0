// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import java.net.URI;
import java.util.Optional;

/**
 * A published file and where it is fetched from.
 *
 * @param name of the file
 * @param url where it is fetched: https; http only where the user named the place
 * @param published where the official source has it, for messages
 * @param md5 as published
 * @param sha256 where known
 * @param mostBytes no such file is larger; more is not read
 */
public record Source(
    String name, URI url, String published, String md5, Optional<String> sha256, long mostBytes) {}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a PEM file (RFC 7468).
 *
 * @param label e.g. {@code PUBLIC KEY}
 * @param headers whether lines such as Proc-Type stand before the content
 * @param der the content
 */
record Pem(String label, boolean headers, byte[] der) {
  private static final int LARGEST = 1 << 16;
  private static final int COLUMNS = 64;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*(?:-[^-]+)*)-----END \\1-----");

  /** The blocks of a file; DataException where it cannot be read or has none. */
  static List<Pem> read(Path file) {
    String text;
    try {
      if (Files.size(file) > LARGEST) {
        throw new DataException(file + " is too large for a key; name a PEM file");
      }
      text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new DataException("cannot read the key " + file + ": " + IoReason.of(e), e);
    }
    List<Pem> blocks = new ArrayList<>();
    Matcher found = BLOCK.matcher(text);
    while (found.find()) {
      String body = found.group(2);
      boolean headers = body.contains(":");
      try {
        byte[] der = headers ? new byte[0] : Base64.getMimeDecoder().decode(body);
        blocks.add(new Pem(found.group(1), headers, der));
      } catch (IllegalArgumentException e) {
        throw new DataException(file + ": its " + found.group(1) + " is damaged (base64)", e);
      }
    }
    if (blocks.isEmpty()) {
      throw new DataException(
          file
              + " holds no key in PEM form (-----BEGIN ...-----); unerring keygen makes one, and"
              + " openssl pkey converts others");
    }
    return blocks;
  }

  /** The text of a block: 64 columns, line feeds, one at the end. */
  static String text(String label, byte[] der) {
    Base64.Encoder encoder =
        Base64.getMimeEncoder(COLUMNS, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + label
        + "-----\n"
        + encoder.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** The reason of a failed file operation in words; the JDK's messages often hold the path only. */
public final class IoReason {
  private IoReason() {}

  /** The reason, without the file's name where the JDK says it in its type only. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException f when f.getReason() == null ->
          f.getFile() + " is in the way";
      case FileSystemLoopException loop ->
          loop.getFile() + " leads back to a folder above it (a loop of symbolic links)";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.DiskSpace;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of one run. Every write is complete or has no effect. Files that the same plan, data
 * file and code always give are sealed: result.json has their SHA-256, and they are read only where
 * it is still theirs. A JSON object can be sealed by itself: it holds the SHA-256 of its own
 * canonical form without that key.
 */
final class RunFolder {
  /** The result, which every finished run has. */
  static final String RESULT = "result.json";

  static final String MODEL = "model.safetensors";
  static final String BEST = "best-validation.safetensors";
  static final String SEALED = "files";
  private static final String SEAL = "sealSha256";
  private static final String PUT_BACK = "; put the right file back, or train again";

  private final Path path;
  private final Path files;
  private final Writer writer;
  private final SortedMap<String, String> sealed = new TreeMap<>();
  private final SortedMap<String, String> missing = new TreeMap<>();
  private DiskSpace room;
  private boolean modelSaved;

  /** Writes one file, complete or not at all; DataException when that fails. */
  interface Writer {
    /** See {@link AtomicFile#write(Path, AtomicFile.Content)}. */
    void write(Path file, AtomicFile.Content content);
  }

  /** A folder in its place. */
  RunFolder(Path path) {
    this(path, path, AtomicFile::write);
  }

  /** A folder whose files are elsewhere until {@link #publish}, where that is another path. */
  RunFolder(Path path, Path files, Writer writer) {
    this.path = path;
    this.files = files;
    this.writer = writer;
  }

  /**
   * Takes the room on the disk that the run's files will need.
   *
   * @throws DataException where there is less
   */
  void reserve(long bytes) {
    room = DiskSpace.take(files, bytes, "this run");
  }

  /** Gives back what {@link #reserve} took and no file needed. */
  void release() {
    if (room != null) {
      room.close();
    }
  }

  /** Gives back room for a file of so many bytes. */
  void give(long bytes) {
    if (room != null) {
      room.give(bytes);
    }
  }

  /**
   * Lets a staged folder appear under its name, by one rename.
   *
   * @throws DataException where that fails; then nothing has appeared
   */
  void publish() {
    try {
      Files.move(files, path.toAbsolutePath(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new DataException(
          path + ": not saved: " + IoReason.of(e) + "; is it there meanwhile? name another --out",
          e);
    }
  }

  /** Removes the folder, where what it was for failed for a reason. */
  void discard(Throwable reason) {
    try {
      discard();
    } catch (DataException e) {
      reason.addSuppressed(e);
    }
  }

  /** Removes the folder with its files. */
  void discard() {
    try (Stream<Path> content = Files.list(files)) {
      for (Path file : content.toList()) {
        Files.delete(file);
      }
      Files.delete(files);
    } catch (IOException e) {
      throw new DataException(
          files + " is of no use and cannot be removed: " + IoReason.of(e) + "; delete it", e);
    }
  }

  /**
   * Opens the folder of a run.
   *
   * @throws DataException where it has no result.json, or that is none of this version
   * @throws VerificationException where its result.json is not the one that the run wrote
   */
  static RunFolder open(Path path) {
    if (!Files.isRegularFile(path.resolve(RESULT))) {
      throw new DataException(
          "run", path + " is not the folder of a finished run: no result.json there");
    }
    RunFolder folder = new RunFolder(path);
    if (folder.sealedObject(RESULT).get(SEALED) instanceof Map<?, ?> hashes) {
      hashes.forEach((name, hash) -> folder.sealed.put((String) name, String.valueOf(hash)));
    }
    return folder;
  }

  /** Where it is, or will be. */
  Path path() {
    return path;
  }

  /** The file with this name. */
  Path file(String name) {
    return files.resolve(name);
  }

  /** Gives the room for a file back, then writes it. */
  void write(String name, long bytes, AtomicFile.Content content) {
    give(bytes);
    writer.write(file(name), content);
  }

  /**
   * Writes a model; where that fails, into the folder for temporary files instead. A second model
   * that cannot be written does not end the run: see {@link #requireComplete}.
   *
   * @param metadata what the file says beside its network
   * @return whether it is written
   * @throws DataException where the model is not in this folder; says where it is
   */
  boolean writeModel(
      String name, Network network, StoredTensors tensors, Map<String, String> metadata) {
    AtomicFile.Content content = ModelFile.content(network, tensors, metadata);
    long copies = Files.exists(file(name)) ? 2 : 1; // the former one is kept beside it
    try {
      write(name, copies * ModelFile.bytes(network), content);
      modelSaved = true;
      return true;
    } catch (DataException e) {
      if (lenient() && !name.equals(MODEL)) {
        missing.put(name, e.getMessage());
        return false;
      }
      String other = "unerring-" + ProcessHandle.current().pid() + "-" + name;
      Path saved = Path.of(System.getProperty("java.io.tmpdir")).resolve(other);
      try {
        AtomicFile.write(saved, content);
      } catch (DataException again) {
        e.addSuppressed(again);
        throw e;
      }
      throw new DataException(e.getMessage() + "; the model is kept as " + saved, e);
    }
  }

  /**
   * Writes a text as UTF-8. Once there is a model, a record that cannot be written does not end the
   * run: see {@link #requireComplete}.
   *
   * @return whether it is written
   */
  boolean write(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (holds(name, bytes)) { // in a run that goes on
      give(bytes.length);
      return true;
    }
    try {
      write(name, bytes.length, out -> out.write(bytes));
      return true;
    } catch (DataException e) {
      if (!lenient()) {
        throw e;
      }
      missing.put(name, e.getMessage());
      return false;
    }
  }

  private boolean holds(String name, byte[] bytes) {
    try {
      return Files.isRegularFile(file(name))
          && Arrays.equals(Files.readAllBytes(file(name)), bytes);
    } catch (IOException e) {
      return false; // writing says why
    }
  }

  /** The same, and seals the file. */
  void writeSealed(String name, String text) {
    if (write(name, text)) {
      sealed.put(name, Sha256.hex(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Writes an object as JSON, sealed by itself: the seal is put into it. */
  void writeSealed(String name, Map<String, Object> json) {
    json.put(SEAL, seal(json));
    write(name, Json.pretty(json));
  }

  /** A staged folder appears with all its files or not at all. */
  private boolean lenient() {
    return modelSaved && path.equals(files);
  }

  /**
   * Ends the writing.
   *
   * @throws DataException that names what could not be written beside the model
   */
  void requireComplete() {
    release();
    if (!missing.isEmpty()) {
      throw new DataException(
          path
              + ": the model is saved, but not "
              + String.join(", ", missing.keySet())
              + (missing.containsKey(RESULT) ? ": without " + RESULT + " no command reads it" : "")
              + " ("
              + missing.firstEntry().getValue()
              + "); free some space and run again, or go on with what is there");
    }
  }

  private static String seal(Map<?, ?> json) {
    Map<Object, Object> content = new LinkedHashMap<>(json);
    content.remove(SEAL);
    return Sha256.hex(Json.canonical(content).getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 of the sealed files, by name. */
  SortedMap<String, String> sealed() {
    return Collections.unmodifiableSortedMap(sealed);
  }

  /**
   * Reads every sealed file.
   *
   * @throws DataException where one cannot be read
   * @throws VerificationException where one is not the file that the run wrote
   */
  void requireSealed() {
    sealed.keySet().forEach(this::text);
  }

  /**
   * Reads a text file.
   *
   * @throws DataException where it cannot be read as UTF-8
   * @throws VerificationException where it is sealed and not the file that the run wrote
   */
  String text(String name) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file(name));
    } catch (IOException e) {
      String reason = "cannot read " + file(name) + ": " + IoReason.of(e);
      throw new DataException(reason + PUT_BACK, e);
    }
    String wanted = sealed.get(name);
    if (wanted != null && !wanted.equals(Sha256.hex(bytes))) {
      throw changed(name, "its SHA-256 in result.json is " + wanted);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new DataException(file(name) + " is not UTF-8" + PUT_BACK, e);
    }
  }

  private VerificationException changed(String name, String why) {
    return new VerificationException(
        file(name) + " is not the one that this run wrote: " + why + PUT_BACK);
  }

  /** Reads a file that holds a JSON object. */
  Map<?, ?> object(String name) {
    if (json(name) instanceof Map<?, ?> map) {
      return map;
    }
    throw new DataException(file(name) + " is not what a run writes" + PUT_BACK);
  }

  /**
   * Reads a JSON object that is sealed by itself.
   *
   * @throws DataException where it is none
   * @throws VerificationException where it is not the one that was written
   */
  Map<?, ?> sealedObject(String name) {
    Map<?, ?> json = object(name);
    if (!(json.get(SEAL) instanceof String wanted)) {
      throw new DataException(
          file(name)
              + " has no "
              + SEAL
              + ": it is damaged, or was made by an earlier version of unerring"
              + PUT_BACK);
    }
    if (!wanted.equals(seal(json))) {
      throw changed(name, "its " + SEAL + " is that of another content");
    }
    return json;
  }

  /** Reads a JSON file. */
  Object json(String name) {
    String text = text(name);
    try {
      return Json.parse(text);
    } catch (DataException e) {
      throw new DataException(
          file(name) + " is not what a run writes: " + e.getMessage() + PUT_BACK, e);
    }
  }
}

package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.DeviceException;
import dev.unerring.base.IoReason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loads a library that the program carries as bytes. On Linux the bytes go into an anonymous file
 * in memory (memfd), so that no folder is needed and no other user can exchange them. Elsewhere
 * they go into a new folder that only this user can open, and are removed as soon as they are
 * loaded. Nothing that lay on the disk before is ever loaded.
 */
final class EmbeddedLibrary {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_EXEC = 16;
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 022;
  private static final int ROOT = 0;

  private final byte[] bytes;
  private final String file;
  private final List<String> tried;

  /**
   * A library that is not loaded yet.
   *
   * @param file its name, for folders
   * @param tried takes one line for each way that failed
   */
  EmbeddedLibrary(byte[] bytes, String file, List<String> tried) {
    this.bytes = bytes;
    this.file = file;
    this.tried = tried;
  }

  /** Its symbols for the life of the process; empty where no way succeeds. */
  Optional<SymbolLookup> load() {
    return fromMemory()
        .or(() -> fromFolders(CacheFolder.path(), Path.of(System.getProperty("java.io.tmpdir"))));
  }

  /** Tries a new folder in each of these. */
  Optional<SymbolLookup> fromFolders(Path... parents) {
    for (Path parent : parents) {
      try {
        return Optional.of(fromFolder(parent));
      } catch (IOException e) {
        tried.add(
            "a copy in "
                + parent
                + ": "
                + IoReason.of(e)
                + "; name another folder by UNERRING_CACHE");
      }
    }
    return Optional.empty();
  }

  private SymbolLookup fromFolder(Path parent) throws IOException {
    boolean made = !Files.exists(parent);
    Files.createDirectories(parent);
    Path folder = null;
    try {
      folder =
          Files.createTempDirectory(
              parent.toRealPath(),
              "native",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      refuseOthers(folder);
      Path copy = Files.write(folder.resolve(file), bytes);
      return NativeLibrary.open(copy)
          .orElseThrow(() -> new IOException(NativeLibrary.reason(copy.toString())));
    } finally {
      if (folder != null) {
        Files.deleteIfExists(folder.resolve(file)); // what is loaded stays mapped
        Files.delete(folder);
      }
      if (made) {
        parent.toFile().delete(); // if it is empty
      }
    }
  }

  /** Whoever may rename a folder in its parent could exchange the copy before it is loaded. */
  private static void refuseOthers(Path folder) throws IOException {
    Path parent = folder.getParent();
    Map<String, Object> attributes = Files.readAttributes(parent, "unix:uid,mode");
    int owner = (int) attributes.get("uid");
    int mode = (int) attributes.get("mode");
    if (owner != ROOT && owner != (int) Files.getAttribute(folder, "unix:uid")) {
      throw new IOException("another user owns it");
    }
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new IOException("other users can write to it");
    }
  }

  /** By {@code memfd_create}, which is Linux's own. */
  @SuppressWarnings("restricted")
  private Optional<SymbolLookup> fromMemory() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> create = linker.defaultLookup().find("memfd_create");
    if (create.isEmpty()) {
      return Optional.empty();
    }
    var memfd =
        linker.downcallHandle(create.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(file);
      int descriptor = (int) memfd.invokeExact(name, MFD_CLOEXEC | MFD_EXEC);
      if (descriptor < 0) { // before Linux 6.3
        descriptor = (int) memfd.invokeExact(name, MFD_CLOEXEC);
      }
      // Never closed: the loader knows the library by this name, and must not meet it again.
      String path = "/proc/self/fd/" + descriptor;
      if (descriptor >= 0) {
        Files.write(Path.of(path), bytes);
        Optional<SymbolLookup> symbols = NativeLibrary.open(path);
        if (symbols.isPresent()) {
          return symbols;
        }
      }
      tried.add("from memory: " + (descriptor < 0 ? "no memfd" : NativeLibrary.reason(path)));
    } catch (IOException e) {
      tried.add("from memory: " + IoReason.of(e));
    } catch (Throwable e) {
      throw new DeviceException("memfd_create of the C library failed", e);
    }
    return Optional.empty();
  }
}

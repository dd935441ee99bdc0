package dev.unerring.ffi;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.DeviceException;
import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One shared library, loaded by absolute path and kept for the life of the process. Searched for in
 * this order: the system property {@code unerring.<name>.library}; the {@code lib} folder of the
 * running JDK image; the resource in the jar, copied to a per-user cache folder (mode 0700) that is
 * named by its SHA-256, and hashed again before it is loaded.
 */
public final class NativeLibrary {
  private final Path path;
  private final SymbolLookup symbols;

  private NativeLibrary(Path path, SymbolLookup symbols) {
    this.path = path;
    this.symbols = symbols;
  }

  /** What a search found, and what was tried on the way: one line a place. */
  public record Search(NativeLibrary library, List<String> tried) {
    /** The library; {@link DeviceException} with the places tried where there is none. */
    public NativeLibrary require(String name) {
      if (library == null) {
        throw new DeviceException(
            "no native library '"
                + name
                + "': "
                + String.join("; ", tried)
                + "; use --device reference, or build the kernels with 'make native'");
      }
      return library;
    }
  }

  /** Searches for {@code libunerring_<name>}. */
  public static Search search(String name) {
    List<String> tried = new ArrayList<>();
    String file = System.mapLibraryName("unerring_" + name);
    String explicit = System.getProperty("unerring." + name + ".library");
    if (explicit != null) {
      return new Search(load(Path.of(explicit), tried), tried);
    }
    Path inImage = Path.of(System.getProperty("java.home"), "lib", file);
    if (Files.exists(inImage)) {
      return new Search(load(inImage, tried), tried);
    }
    tried.add(inImage + ": not there");
    String resource = "native/" + platform() + "/" + file;
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        tried.add("resource " + resource + " of the jar: not there");
        return new Search(null, tried);
      }
      return new Search(load(extract(in.readAllBytes(), file), tried), tried);
    } catch (IOException e) {
      tried.add("resource " + resource + " could not be copied to the cache folder: " + e);
      return new Search(null, tried);
    }
  }

  /** Operating system and processor as in the resource's path: linux-x86_64, macos-aarch64, ... */
  public static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (os.startsWith("mac") ? "macos" : os.startsWith("win") ? "windows" : "linux")
        + "-"
        + (arch.equals("amd64") ? "x86_64" : arch);
  }

  /** Where the library was loaded from. */
  public Path path() {
    return path;
  }

  /** A handle of the C function; {@link DeviceException} where the library lacks it. */
  @SuppressWarnings("restricted")
  MethodHandle function(String name, FunctionDescriptor descriptor) {
    return symbols
        .find(name)
        .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
        .orElseThrow(
            () -> new DeviceException(path + " has no function '" + name + "'; rebuild it"));
  }

  @SuppressWarnings("restricted")
  private static NativeLibrary load(Path path, List<String> tried) {
    Path absolute = path.toAbsolutePath();
    try {
      return new NativeLibrary(absolute, SymbolLookup.libraryLookup(absolute, Arena.global()));
    } catch (IllegalArgumentException e) {
      tried.add(absolute + ": " + e.getMessage());
      return null;
    }
  }

  private static Path extract(byte[] library, String file) throws IOException {
    String sha256 = Sha256.hex(library);
    Path folder = CacheFolder.path().resolve("native").resolve(sha256);
    Path target = folder.resolve(file);
    if (Files.exists(target) && Sha256.hex(Files.readAllBytes(target)).equals(sha256)) {
      return target;
    }
    Files.createDirectories(folder.getParent());
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // Another process was first; what lies there is hashed before it is used.
    }
    Path temporary = Files.createTempFile(folder, file, ".part");
    Files.write(temporary, library);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    if (!Sha256.hex(Files.readAllBytes(target)).equals(sha256)) {
      throw new IOException(target + " does not hold what was written");
    }
    return target;
  }
}

package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.DeviceException;
import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
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
import java.util.Optional;

/**
 * One shared library, loaded by absolute path and kept for the life of the process. Searched for in
 * this order: the system property {@code unerring.<name>.library}; the {@code lib} folder of the
 * running JDK image; the resource in the jar, copied to a per-user cache folder (mode 0700) that is
 * named by its SHA-256, and hashed again before it is loaded.
 */
public class NativeLibrary {
  private static final int LAZY = 1;
  private static final long LONGEST_REASON = 1 << 16;

  private final Path path;
  private final SymbolLookup symbols;

  NativeLibrary(Path path, SymbolLookup symbols) {
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

  /** The first of these files that can be loaded; one line for each one before it. */
  static Search first(List<Path> candidates) {
    List<String> tried = new ArrayList<>();
    for (Path candidate : candidates) {
      NativeLibrary library = load(candidate, tried);
      if (library != null) {
        return new Search(library, tried);
      }
    }
    return new Search(null, tried);
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
  MethodHandle function(String name, FunctionDescriptor descriptor) {
    return find(name, descriptor)
        .orElseThrow(() ->
            new DeviceException(path + " has no function '" + name + "'; rebuild or reinstall it"));
  }

  /** A handle of the C function, if the library has it. */
  @SuppressWarnings("restricted")
  Optional<MethodHandle> find(String name, FunctionDescriptor descriptor) {
    return symbols
        .find(name)
        .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor));
  }

  @SuppressWarnings("restricted")
  private static NativeLibrary load(Path path, List<String> tried) {
    Path absolute = path.toAbsolutePath();
    try {
      return new NativeLibrary(absolute, SymbolLookup.libraryLookup(absolute, Arena.global()));
    } catch (IllegalArgumentException e) {
      tried.add(absolute + ": " + reason(absolute));
      return null;
    } finally {
      FloatingPointState.restore(absolute.toString());
    }
  }

  /** Why the loader refuses a library; the JDK does not pass it on. */
  @SuppressWarnings("restricted")
  private static String reason(Path path) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup loader = linker.defaultLookup();
    if (loader.find("dlopen").isEmpty() || loader.find("dlerror").isEmpty()) {
      return "cannot be loaded";
    }
    MethodHandle dlopen =
        linker.downcallHandle(
            loader.findOrThrow("dlopen"), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    MethodHandle dlerror =
        linker.downcallHandle(loader.findOrThrow("dlerror"), FunctionDescriptor.of(ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path.toString());
      MemorySegment opened = (MemorySegment) dlopen.invokeExact(name, LAZY);
      MemorySegment text = (MemorySegment) dlerror.invokeExact();
      return opened.address() == 0 && text.address() != 0
          ? text.reinterpret(LONGEST_REASON).getString(0).replace(path + ": ", "")
          : "cannot be loaded";
    } catch (Throwable e) {
      throw new DeviceException("the loader could not be asked about " + path, e);
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

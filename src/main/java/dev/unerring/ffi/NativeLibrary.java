// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unerring.DeviceException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One shared library, kept for the life of the process. Searched for in this order: the file of the
 * system property {@code unerring.<name>.library}; the {@code lib} folder of the running JDK image;
 * the resource in the jar, which is loaded from memory ({@link EmbeddedLibrary}).
 */
public class NativeLibrary {
  private static final int LAZY = 1;
  private static final long LONGEST_REASON = 1 << 16;

  // Of the process: a library from memory would be another one at each load.
  private static final Map<String, NativeLibrary> EMBEDDED =
      Collections.synchronizedMap(new TreeMap<>());

  private final Path path;
  private final SymbolLookup symbols;
  private final Supplier<String> sha256;

  NativeLibrary(Path path, SymbolLookup symbols) {
    this(path, symbols, () -> Sha256.hexOfFile(path));
  }

  private NativeLibrary(Path path, SymbolLookup symbols, Supplier<String> sha256) {
    this.path = path;
    this.symbols = symbols;
    this.sha256 = sha256;
  }

  /**
   * What a search found.
   *
   * @param library null where there is none
   * @param tried what was tried on the way: one line a place
   * @param carried whether the program has the library for this platform at all
   */
  public record Search(NativeLibrary library, List<String> tried, boolean carried) {
    /** The library; {@link DeviceException} with the places tried where there is none. */
    public NativeLibrary require(String name) {
      if (library == null) {
        throw new DeviceException(
            "no native library '"
                + name
                + "': "
                + String.join("; ", tried)
                + "; use --device reference"
                + (carried ? "" : ", or build the kernels with 'make native'"));
      }
      return library;
    }
  }

  /**
   * Searches for {@code libunerring_<name>}.
   *
   * @throws DeviceException where the JVM denies native access
   */
  public static Search search(String name) {
    List<String> tried = new ArrayList<>();
    String file = System.mapLibraryName("unerring_" + name);
    String explicit = System.getProperty("unerring." + name + ".library");
    if (explicit != null) {
      return new Search(load(Path.of(explicit), tried), tried, true);
    }
    Path inImage = Path.of(System.getProperty("java.home"), "lib", file);
    if (Files.exists(inImage)) {
      return new Search(load(inImage, tried), tried, true);
    }
    tried.add(inImage + ": not there");
    String resource = "native/" + platform() + "/" + file;
    URL place = NativeLibrary.class.getResource(resource);
    if (place == null) {
      tried.add("resource " + resource + " of the jar: not there");
      return new Search(null, tried, false);
    }
    return new Search(
        EMBEDDED.computeIfAbsent(file, f -> embedded(resource, place, tried)), tried, true);
  }

  private static NativeLibrary embedded(String resource, URL place, List<String> tried) {
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      byte[] bytes = in.readAllBytes();
      String file = resource.substring(resource.lastIndexOf('/') + 1);
      Path path = Path.of(URLDecoder.decode(place.getPath(), UTF_8).replaceFirst("^file:", ""));
      return guarded(path, () -> new EmbeddedLibrary(bytes, file, tried).load())
          .map(symbols -> new NativeLibrary(path, symbols, () -> Sha256.hex(bytes)))
          .orElse(null);
    } catch (IOException e) {
      tried.add(place + " cannot be read: " + IoReason.of(e));
      return null;
    }
  }

  /** The first of these files that can be loaded; one line for each one before it. */
  static Search first(List<Path> candidates) {
    List<String> tried = new ArrayList<>();
    for (Path candidate : candidates) {
      NativeLibrary library = load(candidate, tried);
      if (library != null) {
        return new Search(library, tried, true);
      }
    }
    return new Search(null, tried, !candidates.isEmpty());
  }

  /** Operating system and processor as in the resource's path: linux-x86_64, macos-aarch64, ... */
  public static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (os.startsWith("mac") ? "macos" : os.startsWith("win") ? "windows" : "linux")
        + "-"
        + (arch.equals("amd64") ? "x86_64" : arch);
  }

  /** Where the library was loaded from: its file, or its place in the jar. */
  public Path path() {
    return path;
  }

  /** Hash of the library's bytes. */
  public String sha256() {
    return sha256.get();
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

  private static NativeLibrary load(Path path, List<String> tried) {
    Path absolute = path.toAbsolutePath();
    Optional<SymbolLookup> symbols = guarded(absolute, () -> open(absolute));
    if (symbols.isEmpty()) {
      tried.add(absolute + ": " + reason(absolute.toString()));
    }
    return symbols.map(each -> new NativeLibrary(absolute, each)).orElse(null);
  }

  /** Loads; what the library did to the thread's floating-point state is set right. */
  private static Optional<SymbolLookup> guarded(
      Path path, Supplier<Optional<SymbolLookup>> loading) {
    try {
      Optional<SymbolLookup> symbols = loading.get();
      FloatingPointState.restore(path.toString());
      return symbols;
    } catch (IllegalCallerException e) {
      Module module = NativeLibrary.class.getModule();
      String who = module.isNamed() ? module.getName() : "ALL-UNNAMED";
      throw new DeviceException(
          "this JVM denies native access; add --enable-native-access=" + who + " to its options",
          e);
    }
  }

  @SuppressWarnings("restricted")
  static Optional<SymbolLookup> open(Path path) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(path, Arena.global()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same for a name that has no path in the file system. */
  @SuppressWarnings("restricted")
  static Optional<SymbolLookup> open(String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Why the loader refuses a library; the JDK does not pass it on. */
  @SuppressWarnings("restricted")
  static String reason(String path) {
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
      MemorySegment name = arena.allocateFrom(path);
      MemorySegment opened = (MemorySegment) dlopen.invokeExact(name, LAZY);
      MemorySegment text = (MemorySegment) dlerror.invokeExact();
      return opened.address() == 0 && text.address() != 0
          ? text.reinterpret(LONGEST_REASON).getString(0).replace(path + ": ", "")
          : "cannot be loaded";
    } catch (Throwable e) {
      throw new DeviceException("the loader could not be asked about " + path, e);
    }
  }
}

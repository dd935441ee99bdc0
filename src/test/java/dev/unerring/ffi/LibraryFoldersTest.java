// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries are looked for in the stated order, and a setting keeps everything else out. */
class LibraryFoldersTest {
  @TempDir private Path temporary;
  private Path root;

  @BeforeEach
  void resolve() throws IOException {
    root = temporary.toRealPath();
  }

  @Test
  void theOrderIsLoaderPathCudaHomePythonUsualFolders() throws IOException {
    Path loader = folder("loader");
    Path home = folder("home/lib64");
    Path pip = folder("venv/lib/python3.12/site-packages/nvidia/cu13/lib");
    Path old = folder("usr/local/cuda-12.4/lib64");
    Path current = folder("usr/local/cuda-13.0/lib64");
    Path system = folder("usr/lib64");
    Map<String, String> environment =
        Map.of(
            "LD_LIBRARY_PATH", ":" + loader + ":" + root.resolve("absent"),
            "CUDA_HOME", root.resolve("home").toString(),
            "VIRTUAL_ENV", root.resolve("venv").toString());
    LibraryFolders folders = LibraryFolders.of(null, environment::get, root);
    List<Path> withLibraries = List.of(loader, home, pip, current, old, system);
    assertEquals(
        withLibraries, folders.toolkit().stream().filter(withLibraries::contains).toList());
    assertEquals(List.of(loader, system), folders.driver());
  }

  @Test
  void aSettingIsTheOnlyPlaceForTheToolkitAndTheFirstForTheDriver() throws IOException {
    Path cuda = folder("mine/nvidia/cu13/lib");
    Path cudnn = folder("mine/nvidia/cudnn/lib");
    Path system = folder("usr/lib64");
    folder("usr/local/cuda/lib64");
    String setting = root.resolve("mine/nvidia").toString();
    Map<String, String> environment = Map.of("UNERRING_CUDA_PATH", setting);
    LibraryFolders folders = LibraryFolders.of(null, environment::get, root);
    assertEquals(List.of(root.resolve("mine/nvidia"), cudnn, cuda), folders.toolkit());
    assertEquals(system, folders.driver().getLast());
    LibraryFolders property = LibraryFolders.of(system.toString(), environment::get, root);
    assertEquals(List.of(system), property.toolkit());
    LibraryFolders empty = LibraryFolders.of("", environment::get, root);
    assertEquals(root.resolve("usr/local/cuda"), empty.toolkit().getFirst());
  }

  @Test
  void buildsOfTheCompilersPartAreFoundByTheirBeginning() throws IOException {
    Path folder = folder("usr/lib64");
    Path builtins = Files.createFile(folder.resolve("libnvrtc-builtins.so.13.1"));
    Files.createFile(folder.resolve("libnvrtc-builtins.so.12.4"));
    LibraryFolders folders = LibraryFolders.of(null, name -> null, root);
    assertEquals(List.of(builtins), CudaLibrary.NVRTC_BUILTINS.candidates(folders, 13));
    assertTrue(
        CudaLibrary.CUBLAS.candidates(folders, 12).contains(folder.resolve("libcublas.so.12")));
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(root.resolve(name));
  }
}

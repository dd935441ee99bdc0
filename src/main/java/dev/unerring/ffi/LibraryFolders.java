// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The folders in which NVIDIA's libraries are looked for, in this order: the system property {@code
 * unerring.cuda.path} or the environment variable {@code UNERRING_CUDA_PATH} (folders, separated as
 * in PATH; where it is set the toolkit is looked for there alone); {@code LD_LIBRARY_PATH}; what
 * {@code CUDA_HOME} and {@code CUDA_PATH} name; the Python environment of {@code VIRTUAL_ENV} or
 * {@code CONDA_PREFIX}; {@code /usr/local/cuda*}; the folders of the system.
 *
 * <p>A folder that is named stands for itself, its {@code lib64} and {@code lib}, the {@code lib}
 * of each folder in it (pip's {@code nvidia}), and those of {@code
 * lib/python3.x/site-packages/nvidia} (a Python environment).
 *
 * @param toolkit where CUDA's libraries may lie
 * @param driver where the library of the driver may lie
 */
record LibraryFolders(List<Path> toolkit, List<Path> driver) {
  /** The system property that names the folders. */
  static final String PROPERTY = "unerring.cuda.path";

  private static final String VARIABLE = "UNERRING_CUDA_PATH";
  private static final String SEPARATOR = System.getProperty("path.separator");
  private static final Path ROOT = Path.of("/");

  LibraryFolders {
    toolkit = List.copyOf(toolkit);
    driver = List.copyOf(driver);
  }

  /** As the settings of this process and this machine say. */
  static LibraryFolders ofThisMachine() {
    return of(System.getProperty(PROPERTY), System::getenv, ROOT);
  }

  /**
   * The folders that are there.
   *
   * @param setting the system property, or null
   * @param environment the value of a variable, or null
   * @param root where the file system begins
   */
  static LibraryFolders of(String setting, UnaryOperator<String> environment, Path root) {
    Set<Path> explicit = new LinkedHashSet<>();
    String named = setting != null ? setting : environment.apply(VARIABLE);
    boolean only = named != null && !named.isEmpty();
    paths(named).forEach(folder -> addBelow(explicit, folder));

    Set<Path> system = new LinkedHashSet<>(paths(environment.apply("LD_LIBRARY_PATH")));
    Set<Path> toolkit = new LinkedHashSet<>(system);
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH", "VIRTUAL_ENV", "CONDA_PREFIX")) {
      paths(environment.apply(variable)).forEach(folder -> addBelow(toolkit, folder));
    }
    matches(root.resolve("usr/local"), "cuda*").forEach(folder -> addBelow(toolkit, folder));
    String processor = NativeLibrary.platform().replaceFirst(".*-", "");
    for (String usual :
        List.of(
            "usr/lib/" + processor + "-linux-gnu",
            "usr/lib64",
            "usr/lib/wsl/lib",
            "usr/local/nvidia/lib64",
            "usr/local/nvidia/lib",
            "opt/cuda/lib64",
            "run/opengl-driver/lib")) {
      system.add(root.resolve(usual));
    }
    toolkit.addAll(system);
    Set<Path> driver = new LinkedHashSet<>(explicit);
    driver.addAll(system);
    return new LibraryFolders(there(only ? explicit : toolkit), there(driver));
  }

  /** What lies in the folders under this name, and the paths where it would lie. */
  static List<Path> candidates(List<Path> folders, String name) {
    return folders.stream().map(folder -> folder.resolve(name)).toList();
  }

  /** Files of the folders whose names are this one, a point and more; as above where none is. */
  static List<Path> beginningWith(List<Path> folders, String prefix) {
    List<Path> found = new ArrayList<>();
    folders.forEach(folder -> found.addAll(matches(folder, prefix + ".*")));
    return found.isEmpty() ? candidates(folders, prefix) : found;
  }

  private static void addBelow(Set<Path> folders, Path named) {
    folders.add(named);
    folders.add(named.resolve("lib64"));
    folders.add(named.resolve("lib"));
    matches(named, "*").forEach(each -> folders.add(each.resolve("lib")));
    for (Path python : matches(named.resolve("lib"), "python3*")) {
      matches(python.resolve("site-packages/nvidia"), "*")
          .forEach(each -> folders.add(each.resolve("lib")));
    }
  }

  private static List<Path> there(Collection<Path> folders) {
    Set<Path> there = new LinkedHashSet<>();
    for (Path folder : folders) {
      try {
        there.add(folder.toRealPath());
      } catch (IOException e) {
        continue; // not there
      }
    }
    return there.stream().filter(Files::isDirectory).toList();
  }

  private static List<Path> paths(String list) {
    return list == null
        ? List.of()
        : List.of(list.split(SEPARATOR)).stream()
            .filter(each -> !each.isEmpty())
            .map(Path::of)
            .toList();
  }

  /** What matches in a folder, the last name first: 13 before 12. */
  private static Collection<Path> matches(Path folder, String pattern) {
    TreeSet<Path> found = new TreeSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, pattern)) {
      all.forEach(found::add);
    } catch (IOException e) {
      return List.of(); // not there, or not for us to read: nothing can be loaded from it
    }
    return found.descendingSet();
  }
}

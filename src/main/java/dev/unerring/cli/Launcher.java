package dev.unerring.cli;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Entry of the jar. The engine does not need picocli, so its module does not require it: where the
 * module path has it and no option added it, the command line starts in a layer of its own that has
 * both.
 */
public final class Launcher {
  private static final String ENGINE = "dev.unerring";
  private static final String PICOCLI = "info.picocli";

  private Launcher() {}

  /** Runs the command; see {@link Main}. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    String modules = System.getProperty("jdk.module.path", "");
    ModuleFinder finder =
        ModuleFinder.of(
            Arrays.stream(modules.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toArray(Path[]::new));
    if (readable()) {
      Main.main(arguments);
    } else if (Launcher.class.getModule().isNamed() && finder.find(PICOCLI).isPresent()) {
      runInLayer(finder, arguments);
    } else {
      System.err.println(
          "unerring: the command line needs picocli, and it is not here; start unerring-cli.jar,"
              + " which holds it, or put picocli on the class path or the module path");
      System.exit(Failures.USAGE);
    }
  }

  private static boolean readable() {
    try {
      Class.forName("picocli.CommandLine", false, Launcher.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @SuppressWarnings("restricted")
  private static void runInLayer(ModuleFinder finder, String[] arguments)
      throws ReflectiveOperationException {
    ModuleLayer boot = ModuleLayer.boot();
    Configuration both =
        boot.configuration()
            .resolve(finder, ModuleFinder.of(), new TreeSet<>(List.of(ENGINE, PICOCLI)));
    ModuleLayer.Controller layer =
        ModuleLayer.defineModulesWithOneLoader(
            both, List.of(boot), ClassLoader.getSystemClassLoader());
    Module engine = layer.layer().findModule(ENGINE).orElseThrow();
    Module own = Launcher.class.getModule();
    layer.addExports(engine, Main.class.getPackageName(), own);
    if (own.isNativeAccessEnabled()) {
      layer.enableNativeAccess(engine);
    }
    try {
      Class.forName(engine, Main.class.getName())
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}

package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every class of the engine keeps the rules of docs/architecture.md: who may import whom, which
 * calls are banned and why, no static mutable state, no long files. Each rule is shown to fail on a
 * class that breaks it.
 */
class ArchitectureTest {
  private static final Path CLASSES = Path.of("target", "classes");

  @Test
  void packagesImportOnlyWhatTheyMay() throws IOException {
    assertKept(ArchitectureRules::imports);
  }

  @Test
  void bannedUsesAreAbsent() throws IOException {
    assertKept(ArchitectureRules::bannedUses);
  }

  @Test
  void noClassHasStaticMutableState() throws IOException {
    assertKept(ArchitectureRules::staticState);
  }

  @Test
  void sourcesAreShort() throws IOException {
    Set<String> violations = new TreeSet<>();
    for (Path source : files(Path.of("src"), ".java")) {
      violations.addAll(ArchitectureRules.sourceLength(source));
    }
    assertTrue(violations.isEmpty(), () -> "\n" + String.join("\n", violations));
  }

  @Test
  void theModuleExportsTheFaceAlone() throws IOException {
    ModuleDescriptor module;
    try (InputStream in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(in);
    }
    Set<String> exported = new TreeSet<>();
    module.exports().forEach(each -> exported.add(each.toString()));
    assertEquals(Set.of("dev.unerring", "dev.unerring.base"), exported);
  }

  @Test
  void aForbiddenImportIsFoundInCodeAndInDeclarations() throws IOException {
    String trainer = "package dev.unerring.train; public class Trainer { public void go() {} }";
    String inCode = "package dev.unerring.certify; class Judge { void look() { %s } }";
    String call = "new dev.unerring.train.Trainer().go();";
    assertEquals(
        "dev.unerring.certify.Judge.look uses dev.unerring.train.Trainer, not for certify: "
            + "what judges must not depend on what trained",
        first(ArchitectureRules::imports, inCode.replace("%s", call), trainer));

    String inField =
        "package dev.unerring.certify; class Judge { dev.unerring.train.Trainer[] seen; }";
    assertTrue(
        first(ArchitectureRules::imports, inField, trainer).contains("Judge (in a declaration)"));

    String generic =
        "package dev.unerring.certify; "
            + "class Judge { java.util.List<dev.unerring.train.Trainer> seen; }";
    assertTrue(
        first(ArchitectureRules::imports, generic, trainer)
            .contains("uses dev.unerring.train.Trainer"));

    String unknown = "package dev.unerring.misc; class Helper {}";
    assertTrue(first(ArchitectureRules::imports, unknown).contains("without a rule"));
  }

  @Test
  void picocliOutsideTheCommandLineIsFound() throws IOException {
    String picocli = "package picocli; public class CommandLine { public @interface Option {} }";
    String sinner =
        "package dev.unerring.train; class Trainer { @picocli.CommandLine.Option int steps; }";
    assertTrue(first(ArchitectureRules::imports, sinner, picocli).contains("uses picocli"));
  }

  @Test
  void everyBannedUseIsFoundWithClassMethodAndReason() throws IOException {
    Set<String> violations =
        violations(ArchitectureRules::bannedUses, BannedUseExamples.in("dev.unerring.network"));
    for (String method : BannedUseExamples.methods()) {
      String where = "dev.unerring.network.Sinner." + method + " uses ";
      assertTrue(violations.stream().anyMatch(text -> text.startsWith(where)), where);
    }
    for (BannedUse ban : BannedUse.ALL) {
      assertTrue(violations.stream().anyMatch(text -> text.endsWith(ban.reason())), ban.reason());
    }
  }

  @Test
  void harmlessNeighboursOfBannedUsesAreAllowed() throws IOException {
    String source = BannedUseExamples.allowed("dev.unerring.network");
    assertEquals(Set.of(), violations(ArchitectureRules::bannedUses, source));
  }

  @Test
  void theCommandLineMayUseClockAndConsoleButNotExit() throws IOException {
    Set<String> violations =
        violations(ArchitectureRules::bannedUses, BannedUseExamples.in("dev.unerring.cli"));
    assertFalse(violations.stream().anyMatch(text -> text.contains("Sinner.clock")));
    assertFalse(violations.stream().anyMatch(text -> text.contains("Sinner.console")));
    assertTrue(violations.stream().anyMatch(text -> text.contains("Sinner.exit")));
  }

  @Test
  void staticMutableStateIsFound() throws IOException {
    String sinner = "package dev.unerring.train; class Trainer { static int runs; }";
    assertTrue(first(ArchitectureRules::staticState, sinner).contains("train.Trainer.runs"));
    String constants = "package dev.unerring.train; enum Kind { A; static final int RUNS = 1; }";
    assertEquals(Set.of(), violations(ArchitectureRules::staticState, constants));
  }

  @Test
  void aLongSourceIsFound(@TempDir Path folder) throws IOException {
    List<String> lines = Collections.nCopies(ArchitectureRules.LONGEST_SOURCE + 1, "");
    Path source = Files.write(folder.resolve("Long.java"), lines);
    assertTrue(ArchitectureRules.sourceLength(source).toString().contains("401 lines"));
    Path reference = folder.resolve("dev/unerring/backend/ReferenceBackend.java");
    Files.createDirectories(reference.getParent());
    assertEquals(Set.of(), ArchitectureRules.sourceLength(Files.write(reference, lines)));
  }

  private static void assertKept(Function<ClassUses, Set<String>> rule) throws IOException {
    Set<String> violations = new TreeSet<>();
    List<Path> classFiles = files(CLASSES, ".class");
    assertFalse(classFiles.isEmpty(), "no class files in " + CLASSES.toAbsolutePath());
    for (Path file : classFiles) {
      if (!file.endsWith("module-info.class") && !file.endsWith("package-info.class")) {
        violations.addAll(rule.apply(ClassUses.of(Files.readAllBytes(file))));
      }
    }
    assertTrue(violations.isEmpty(), () -> "\n" + String.join("\n", violations));
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /** The violations of all classes of ours in the given sources. */
  private static Set<String> violations(Function<ClassUses, Set<String>> rule, String... sources)
      throws IOException {
    Set<String> violations = new TreeSet<>();
    InMemoryCompiler.compile(sources).values().stream()
        .map(ClassUses::of)
        .filter(used -> used.name().startsWith("dev.unerring."))
        .forEach(used -> violations.addAll(rule.apply(used)));
    return violations;
  }

  private static String first(Function<ClassUses, Set<String>> rule, String... sources)
      throws IOException {
    return violations(rule, sources).stream().findFirst().orElse("no violation found");
  }
}

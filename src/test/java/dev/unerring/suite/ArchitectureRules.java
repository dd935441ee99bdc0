// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.io.IOException;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules of docs/architecture.md. Each returns the violations of one class, as sentences that
 * name the class, the method (or the field) and the reason.
 */
final class ArchitectureRules {
  /** Hard limit of lines a source file. */
  static final int LONGEST_SOURCE = 400;

  /** What every source file says of its licence. */
  static final String LICENCE = "SPDX-License-Identifier: Apache-2.0";

  private static final Pattern MAY_BE_LONGER =
      Pattern.compile(".*/dev/unerring/(backend/ReferenceBackend|ffi/\\w+)\\.java");

  /** A class of ours in any text of a class file, by package below {@code dev.unerring}. */
  private static final Pattern OURS = Pattern.compile("dev/unerring/(?:[a-z][a-z0-9]*/)*[A-Z]\\w*");

  /** The exceptions of the exported package, and its reasons of an end, are for every package. */
  private static final Pattern SHARED =
      Pattern.compile("dev/unerring/([A-Z]\\w*Exception|EndedBy)");

  private static final Pattern PICOCLI = Pattern.compile("L?picocli/CommandLine.*");

  /** A package, the packages that it may import besides {@code base} and itself, and why. */
  private record Layer(String name, List<String> mayImport, String reason) {}

  private static final List<Layer> LAYERS =
      List.of(
          layer("base", "", "what every stage shares imports nothing of ours"),
          layer("tensor", "", "shapes and memory stand below everything"),
          layer("ffi", "", "bindings know C, not the engine"),
          layer("npz", "tensor", "a file format knows arrays, not images or labels"),
          layer("data", "tensor npz", "data are read without knowing what is done with them"),
          layer("audit", "tensor data", "a set is judged before anybody trains on it"),
          layer("twins", "tensor data audit", "a set is judged before anybody trains on it"),
          layer("generate", "tensor npz data", "made sets know nothing of what trains on them"),
          layer("images", "tensor npz data", "pictures are made without knowing what uses them"),
          layer("fetch", "data", "a download knows what was published, and nothing else"),
          layer("backend", "tensor ffi", "operations know no data set and no network"),
          layer("backend.cuda", "tensor backend ffi", "operations know no data set and no network"),
          layer("network", "tensor backend", "a network knows the interface of its backend only"),
          layer(
              "errors",
              "tensor data audit twins backend network",
              "counting must not depend on training"),
          layer(
              "train",
              "tensor data backend network errors",
              "training comes before correction and judgement"),
          layer(
              "correct",
              "tensor data backend network errors train",
              "correction comes before judgement"),
          layer(
              "certify",
              "tensor data backend network errors",
              "what judges must not depend on what trained"),
          layer(
              "certificate",
              "tensor data audit twins backend network errors certify",
              "a certificate speaks of files, not of how they were trained"),
          layer(
              "verify",
              "tensor npz data images backend network errors certify certificate",
              "what verifies must not depend on what trained or corrected"),
          layer(
              "guard",
              "tensor npz data audit backend network",
              "a guard knows a model and its training images, not how they came about"),
          layer("corrupt", "tensor", "a corruption knows an image, not what looks at it"),
          layer(
              "robustness",
              "tensor data audit backend network",
              "what happens around an image must not depend on how the model was trained"),
          layer(
              "validate",
              "tensor npz data audit backend network errors robustness corrupt guard run",
              "a validation uses a finished run, and no run needs a validation"),
          layer("report", "certify errors data", "a report shows results and computes none"),
          layer(
              "run",
              "tensor ffi npz data audit twins generate images backend backend.cuda network errors"
                  + " train correct certify certificate report",
              "the pipeline is below the command line"),
          layer(
              "export",
              "tensor npz data backend network errors train report run",
              "what is taken elsewhere is made from a finished run"),
          layer(
              "page",
              "tensor data audit twins backend network errors certificate run export",
              "a page shows what is there and decides nothing"),
          layer(
              "",
              "tensor ffi npz data audit twins generate images backend backend.cuda network errors"
                  + " train correct certify certificate report run guard",
              "the face is above the engine, and knows no command line"),
          layer(
              "cli",
              "tensor ffi npz data audit twins generate images backend backend.cuda network errors"
                  + " train correct certify certificate verify report run export page fetch"
                  + " robustness corrupt guard validate",
              "the command line may use everything"));

  private ArchitectureRules() {}

  private static Layer layer(String name, String mayImport, String reason) {
    return new Layer(name, List.of(mayImport.split(" ")), reason);
  }

  /** Who may import whom; a package that is not in the table is a violation. */
  static Set<String> imports(ClassUses used) {
    String own = packageOf(used.name().replace('.', '/'));
    Optional<Layer> layer = LAYERS.stream().filter(each -> each.name().equals(own)).findFirst();
    if (layer.isEmpty()) {
      return Set.of(used.name() + " is in a package without a rule: add it to the table of layers");
    }
    Map<String, String> placeOfType = new LinkedHashMap<>();
    for (ClassUses.Use use : used.uses()) {
      forbidden(layer.get(), use.symbol())
          .forEach(type -> placeOfType.putIfAbsent(type, used.name() + "." + use.method()));
    }
    used.names()
        .flatMap(text -> forbidden(layer.get(), text))
        .forEach(type -> placeOfType.putIfAbsent(type, used.name() + " (in a declaration)"));
    Set<String> violations = new LinkedHashSet<>();
    placeOfType.forEach((type, place) ->
        violations.add(place + " uses " + type + ", not for " + own + ": " + layer.get().reason()));
    if (!own.equals("cli") && used.names().anyMatch(PICOCLI.asMatchPredicate())) {
      violations.add(used.name() + " uses picocli: the engine must run without the command line");
    }
    return violations;
  }

  /** The classes of ours in {@code text} that a package may not import. */
  private static Stream<String> forbidden(Layer layer, String text) {
    return OURS.matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(type -> !SHARED.matcher(type).matches())
        .filter(type -> !packageOf(type).equals("base") && !packageOf(type).equals(layer.name()))
        .filter(type -> !layer.mayImport().contains(packageOf(type)))
        .map(type -> type.replace('/', '.'));
  }

  /** The package below {@code dev.unerring}, with dots, of a class in internal form. */
  private static String packageOf(String type) {
    return type.replaceFirst("^dev/unerring/", "").replaceFirst("/?[^/]*$", "").replace('/', '.');
  }

  /** Calls, fields and method references that no class, or few, may use. */
  static Set<String> bannedUses(ClassUses used) {
    Set<String> violations = new LinkedHashSet<>();
    for (ClassUses.Use use : used.uses()) {
      for (BannedUse ban : BannedUse.ALL) {
        if (ban.isBrokenBy(used.name(), use.symbol())) {
          String symbol = use.symbol().replaceFirst(":.*", "").replace('/', '.');
          violations.add(
              used.name() + "." + use.method() + " uses " + symbol + ": " + ban.reason());
        }
      }
    }
    return violations;
  }

  /** A static field that is not final is state shared by all runs in one JVM. */
  static Set<String> staticState(ClassUses used) {
    Set<String> violations = new LinkedHashSet<>();
    used.model().fields().stream()
        .filter(field -> field.flags().has(AccessFlag.STATIC))
        .filter(field -> !field.flags().has(AccessFlag.FINAL))
        .map(field -> used.name() + "." + field.fieldName().stringValue())
        .map(field -> field + " is static and not final: two runs in one JVM would share it")
        .forEach(violations::add);
    return violations;
  }

  /** A file that is copied elsewhere still says its licence: in one of its first two lines. */
  static Set<String> licence(Path source) throws IOException {
    try (Stream<String> lines = Files.lines(source)) {
      return lines.limit(2).anyMatch(line -> line.endsWith(" " + LICENCE))
          ? Set.of()
          : Set.of(source + " does not begin with '" + LICENCE + "' in a comment");
    }
  }

  /** Files near 100 lines are read; the largest file is the one people complain about. */
  static Set<String> sourceLength(Path source) throws IOException {
    long lines;
    try (Stream<String> text = Files.lines(source)) {
      lines = text.count();
    }
    boolean mayBeLonger = MAY_BE_LONGER.matcher(source.toString().replace('\\', '/')).matches();
    return lines <= LONGEST_SOURCE || mayBeLonger
        ? Set.of()
        : Set.of(source + " has " + lines + " lines, limit " + LONGEST_SOURCE + ": split it");
  }
}

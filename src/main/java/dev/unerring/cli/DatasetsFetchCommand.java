// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.base.CacheFolder;
import dev.unerring.data.DatasetManifest;
import dev.unerring.data.KnownHashes;
import dev.unerring.fetch.Fetcher;
import dev.unerring.fetch.Patience;
import dev.unerring.fetch.Source;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring datasets fetch}: the only verb that opens a network connection. */
@Command(
    name = "fetch",
    description = {
      "Downloads an official file, resumes what was broken off, and checks its MD5.",
      "Only https is used, unless --url or --mirror names http."
    },
    mixinStandardHelpOptions = true)
final class DatasetsFetchCommand implements Callable<Integer> {
  private static final long LABEL_BYTES = 8;
  private static final long OTHER_BYTES = 1L << 20;

  /** Deflating makes nothing larger than by this part. */
  private static final long DEFLATE_PART = 1000;

  @Spec private CommandSpec spec;
  @Mixin private RootOption root;

  @Parameters(
      paramLabel = "FLAG",
      completionCandidates = Choices.Published.class,
      description = "E.g. breastmnist or breastmnist_64.")
  private String flag;

  @Option(
      names = "--size",
      completionCandidates = Choices.Sizes.class,
      paramLabel = "PX",
      description = "28 (default), 64, 128 or 224.")
  private Integer size;

  @Option(
      names = "--force",
      description = "Replace another file of this name, which is kept as X.npz.previous.")
  private boolean force;

  @ArgGroup private Place place;

  /** Another place than the official one. */
  static final class Place {
    @Option(names = "--url", description = "Fetch exactly this address.")
    private String url;

    @Option(names = "--mirror", paramLabel = "BASE", description = "Fetch BASE/<name of the file>.")
    private String mirror;

    Place() {}
  }

  DatasetsFetchCommand() {}

  @Override
  public Integer call() {
    DatasetManifest manifest = DatasetManifest.require(flag);
    if (manifest.generated()) {
      throw new UsageException(
          "the demo set is generated, not fetched: use --data demo, or 'unerring datasets demo'");
    }
    DatasetManifest.PublishedFile file = file(manifest);
    long images = manifest.imageBytes(file);
    long most = images + manifest.samples() * manifest.classes() * LABEL_BYTES + OTHER_BYTES;
    Source source =
        new Source(
            file.name(),
            url(file),
            file.url(),
            file.md5(),
            file.sha256(),
            most + most / DEFLATE_PART);
    Path target = root.folder().resolve(file.name());
    WorkTerminal terminal = WorkTerminal.of(spec);
    if ("http".equalsIgnoreCase(source.url().getScheme())) {
      terminal.note("http is not encrypted; the MD5 says whether the file is the official one");
    }
    Fetcher.Result result;
    try {
      KnownHashes known = new KnownHashes(CacheFolder.path());
      result = new Fetcher(source, Patience.STANDARD, known, terminal).fetch(target, force);
    } finally {
      terminal.clear();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println((result.fetched() ? "fetched: " : "already there: ") + target);
    out.println("MD5      " + result.hashes().md5() + " (the official file)");
    out.println("SHA-256  " + result.hashes().sha256());
    out.println("licence  " + manifest.licence() + "; not for clinical use");
    out.flush();
    return 0;
  }

  private DatasetManifest.PublishedFile file(DatasetManifest manifest) {
    String suffix = flag.substring(manifest.flag().length());
    int named = suffix.isEmpty() ? 0 : Integer.parseInt(suffix.substring(1));
    if (named != 0 && size != null && named != size) {
      throw new UsageException(flag + " and --size " + size + " contradict each other");
    }
    int pixels = size != null ? size : named != 0 ? named : 28;
    return manifest
        .file(pixels)
        .orElseThrow(() ->
            new UsageException(
                manifest.title()
                    + " is published with "
                    + manifest.files().stream()
                        .map(each -> String.valueOf(each.pixels()))
                        .collect(Collectors.joining(", "))
                    + " pixels, not "
                    + pixels));
  }

  private URI url(DatasetManifest.PublishedFile file) {
    String url = file.url();
    if (place != null) {
      url = place.url != null ? place.url : place.mirror.replaceFirst("/*$", "/") + file.name();
    }
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new UsageException("'" + url + "' is not an address; give https://host/path", e);
    }
  }
}

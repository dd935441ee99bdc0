package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The exported package is what {@code src/test/resources/api/dev.unerring.txt} says: its public
 * classes with all public and protected members. A change of it is a decision, so that one has to
 * change the file as well: {@code -Dapi.update=true}.
 */
class ApiTest {
  private static final Path FILE =
      Path.of(System.getProperty("basedir", ""), "src/test/resources/api/dev.unerring.txt");

  @Test
  void theExportedPackageIsTheCommittedOne() throws IOException {
    List<String> found = signatures(Path.of("target/classes/dev/unerring"));
    if (Boolean.getBoolean("api.update")) {
      Files.write(FILE, found);
    }
    assertEquals(
        String.join("\n", Files.readAllLines(FILE)),
        String.join("\n", found),
        "the exported package changed. A line that is gone or other needs a new major version, a"
            + " line that is new a minor one. Where it is meant: mvn test -Dtest=ApiTest"
            + " -Dapi.update=true, and a line in CHANGELOG.md");
  }

  private static List<String> signatures(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".class")).sorted().toList()) {
        if (!file.endsWith("package-info.class")) {
          lines.addAll(Signatures.of(Files.readAllBytes(file)));
        }
      }
    }
    return lines;
  }

  @Test
  void publicAndProtectedMembersAreSeenAndNothingElse() throws IOException {
    Map<String, byte[]> classes =
        new TreeMap<>(
            InMemoryCompiler.compile(
                """
                package dev.unerring;
                public abstract class Face<T extends Comparable<T>> implements Runnable {
                  protected Face(int n) throws java.io.IOException {}
                  public static final long SIZE = 3;
                  public abstract java.util.List<T> of(T[] all, int... some);
                  private void hidden() {}
                  void alsoHidden() {}
                  public record Pair(int a, String b) {}
                  static class Inner { public int seen; }
                }
                """));
    List<String> lines = new ArrayList<>();
    classes.values().forEach(bytes -> lines.addAll(Signatures.of(bytes)));
    assertEquals(
        """
        public abstract class dev.unerring.Face <T::Ljava/lang/Comparable<TT;>;>Ljava/lang/Object;Ljava/lang/Runnable;
          public static final SIZE J = 3
          protected <init> (I)V throws java/io/IOException
          public abstract of ([TT;[I)Ljava/util/List<TT;>; varargs
        public static final class dev.unerring.Face$Pair extends java/lang/Record
          public a ()I
          public b ()Ljava/lang/String;
          public final equals (Ljava/lang/Object;)Z
          public final hashCode ()I
          public final toString ()Ljava/lang/String;
        """
            .strip(),
        String.join("\n", lines));
    assertTrue(classes.containsKey("dev.unerring.Face$Inner"), classes.keySet().toString());
  }
}

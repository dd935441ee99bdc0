// SPDX-License-Identifier: Apache-2.0
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A step of the build: gives the classes of a jar, in place, the class file version 52 and the
 * frames that this version needs. picocli is compiled for Java 5, and the JVM keeps no class of
 * that age in an AOT cache. Instructions stay as they are.
 */
class ModernClasses {
  private static final int JAVA_8 = 52;

  public static void main(String[] arguments) throws Exception {
    Path jar = Path.of(arguments[0]);
    Path original = Files.copy(jar, Path.of(jar + ".original"));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {original.toUri().toURL()});
        FileSystem classes = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), java.util.Map.of());
        Stream<Path> all = Files.walk(classes.getPath("/"))) {
      ClassFile format =
          ClassFile.of(
              ClassFile.ConstantPoolSharingOption.NEW_POOL, // or methods are copied without frames
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofClassLoading(loader)));
      for (Path file : all.filter(path -> path.toString().endsWith(".class")).toList()) {
        ClassModel model = format.parse(Files.readAllBytes(file));
        if (model.majorVersion() < JAVA_8) {
          Files.write(file, format.transformClass(model, modern()));
        }
      }
    }
    Files.delete(original);
  }

  private static ClassTransform modern() {
    ClassTransform frames = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    return frames.andThen(
        (to, element) -> to.with(element instanceof ClassFileVersion ? ClassFileVersion.of(JAVA_8, 0) : element));
  }
}

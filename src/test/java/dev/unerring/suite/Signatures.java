package dev.unerring.suite;

import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What other code may use of a class, a line each, with generic types where there are any. The
 * constructor of a record is left out: it changes with every component that is added.
 */
final class Signatures {
  private Signatures() {}

  /** The class, then its members by name; nothing for a class that is not public. */
  static List<String> of(byte[] classFile) {
    ClassModel model = ClassFile.of().parse(classFile);
    Set<AccessFlag> flags = flags(model);
    if (!flags.contains(AccessFlag.PUBLIC) && !flags.contains(AccessFlag.PROTECTED)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        words(flags)
            + (flags.contains(AccessFlag.INTERFACE) ? "interface " : "class ")
            + model.thisClass().asInternalName().replace('/', '.')
            + ancestors(model));
    TreeSet<String> members = new TreeSet<>();
    model.fields().stream()
        .filter(field -> seen(field.flags().flags()))
        .forEach(field -> members.add("  " + field(field)));
    model.methods().stream()
        .filter(method -> seen(method.flags().flags()))
        .filter(method -> !record(model) || !method.methodName().equalsString("<init>"))
        .forEach(method -> members.add("  " + method(method)));
    members.stream().filter(line -> !line.contains("(")).forEach(lines::add);
    members.stream().filter(line -> line.contains("(")).forEach(lines::add);
    return lines;
  }

  private static boolean record(ClassModel model) {
    return model
        .superclass()
        .filter(each -> each.asInternalName().equals("java/lang/Record"))
        .isPresent();
  }

  private static boolean seen(Set<AccessFlag> flags) {
    boolean open = flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
    return open && !flags.contains(AccessFlag.SYNTHETIC);
  }

  /** Of a nested class those that its source gives. */
  private static Set<AccessFlag> flags(ClassModel model) {
    return model.findAttribute(Attributes.innerClasses()).stream()
        .flatMap(all -> all.classes().stream())
        .filter(info -> info.innerClass().equals(model.thisClass()))
        .map(InnerClassInfo::flags)
        .findFirst()
        .orElse(model.flags().flags());
  }

  private static String words(Set<AccessFlag> flags) {
    StringBuilder words = new StringBuilder();
    for (AccessFlag flag :
        List.of(
            AccessFlag.PUBLIC,
            AccessFlag.PROTECTED,
            AccessFlag.STATIC,
            AccessFlag.ABSTRACT,
            AccessFlag.FINAL)) {
      boolean implied = flag == AccessFlag.ABSTRACT && flags.contains(AccessFlag.INTERFACE);
      if (flags.contains(flag) && !implied) {
        words.append(flag.name().toLowerCase(Locale.ROOT)).append(' ');
      }
    }
    return words.toString();
  }

  private static String ancestors(ClassModel model) {
    String generic = generic(model, "");
    if (!generic.isEmpty()) {
      return " " + generic;
    }
    String parent = model.superclass().map(each -> each.asInternalName()).orElse("");
    String interfaces =
        model.interfaces().stream()
            .map(each -> each.asInternalName())
            .collect(Collectors.joining(" "));
    return (parent.equals("java/lang/Object") ? "" : " extends " + parent)
        + (interfaces.isEmpty() ? "" : " implements " + interfaces);
  }

  private static String field(FieldModel field) {
    String constant =
        field
            .findAttribute(Attributes.constantValue())
            .map(value -> " = " + value.constant().constantValue())
            .orElse("");
    return words(field.flags().flags())
        + field.fieldName().stringValue()
        + " "
        + generic(field, field.fieldType().stringValue())
        + constant;
  }

  private static String method(MethodModel method) {
    String thrown =
        method
            .findAttribute(Attributes.exceptions())
            .map(all ->
                all.exceptions().stream()
                    .map(each -> each.asInternalName())
                    .collect(Collectors.joining(" ", " throws ", "")))
            .orElse("");
    return words(method.flags().flags())
        + method.methodName().stringValue()
        + " "
        + generic(method, method.methodType().stringValue())
        + (method.flags().has(AccessFlag.VARARGS) ? " varargs" : "")
        + thrown;
  }

  private static String generic(AttributedElement element, String plain) {
    return element
        .findAttribute(Attributes.signature())
        .map(signature -> signature.signature().stringValue())
        .orElse(plain);
  }
}

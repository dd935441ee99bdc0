// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a class file uses: calls, fields and method references by method, and every name in it. */
final class ClassUses {
  /**
   * One use.
   *
   * @param method the method that contains it
   * @param symbol {@code owner.name:descriptor} in internal form, or {@code owner.} for a class
   */
  record Use(String method, String symbol) {}

  private final ClassModel model;
  private final List<Use> uses = new ArrayList<>();

  private ClassUses(ClassModel model) {
    this.model = model;
    for (MethodModel method : model.methods()) {
      String name = method.methodName().stringValue();
      method.code().ifPresent(code -> code.forEach(element -> collect(name, element)));
    }
  }

  static ClassUses of(byte[] classFile) {
    return new ClassUses(ClassFile.of().parse(classFile));
  }

  ClassModel model() {
    return model;
  }

  /** The class's name with dots. */
  String name() {
    return model.thisClass().asInternalName().replace('/', '.');
  }

  List<Use> uses() {
    return List.copyOf(uses);
  }

  /** Every text in the constant pool: names of classes, descriptors, signatures, annotations. */
  Stream<String> names() {
    List<String> names = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof Utf8Entry text) {
        names.add(text.stringValue());
      }
    }
    return names.stream();
  }

  private void collect(String method, CodeElement element) {
    switch (element) {
      case InvokeInstruction call ->
          add(method, call.owner(), call.name().stringValue(), call.type().stringValue());
      case FieldInstruction field ->
          add(method, field.owner(), field.name().stringValue(), field.type().stringValue());
      case NewObjectInstruction created -> add(method, created.className(), "", "");
      case TypeCheckInstruction check -> add(method, check.type(), "", "");
      case ConstantInstruction constant -> add(method, constant.constantValue());
      case InvokeDynamicInstruction dynamic ->
          dynamic.bootstrapArgs().forEach(argument -> add(method, argument));
      default -> {}
    }
  }

  private void add(String method, ClassEntry owner, String name, String descriptor) {
    uses.add(new Use(method, owner.asInternalName() + "." + name + ":" + descriptor));
  }

  /** A lambda or method reference is a handle among the arguments of a bootstrap method. */
  private void add(String method, ConstantDesc constant) {
    if (constant instanceof DirectMethodHandleDesc handle) {
      String symbol = internal(handle.owner()) + "." + handle.methodName();
      uses.add(new Use(method, symbol + ":" + handle.lookupDescriptor()));
    } else if (constant instanceof ClassDesc type) {
      uses.add(new Use(method, internal(type) + ".:"));
    }
  }

  private static String internal(ClassDesc type) {
    String descriptor = type.descriptorString();
    return type.isClassOrInterface()
        ? descriptor.substring(1, descriptor.length() - 1)
        : descriptor;
  }
}

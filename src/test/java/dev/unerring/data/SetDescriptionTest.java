// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.Forge;
import dev.unerring.npz.NpzWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where two sets meet, classes are matched by name; a file holds its names. */
class SetDescriptionTest {
  @TempDir private Path folder;

  private final List<String> notes = new ArrayList<>();

  private static SetDescription named(String... names) {
    return SetDescription.of(Task.MULTI_CLASS, List.of(names), Optional.empty());
  }

  private static SetDescription several(String... names) {
    return new SetDescription(Task.MULTI_LABEL, List.of(names), true, Optional.empty());
  }

  private static SetDescription fitted(Fit fit) {
    return SetDescription.of(Task.BINARY, List.of("a", "b"), Optional.of(fit));
  }

  private int[] numbers(SetDescription own, SetDescription other) {
    notes.clear();
    return own.numbersIn("new.npz", other, "run", notes);
  }

  private void refused(String part, SetDescription own, SetDescription other) {
    DataException e = assertThrows(DataException.class, () -> numbers(own, other));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void namesDecideNotNumbers() {
    SetDescription run = named("benign", "malignant", "normal");
    assertArrayEquals(new int[] {1, 2}, numbers(named("malignant", "normal"), run));
    assertArrayEquals(new int[] {2, 0, 1}, numbers(named("normal", "benign", "malignant"), run));
    assertArrayEquals(new int[] {1}, numbers(named("malignant"), run));
    assertArrayEquals(
        new int[] {0, 1}, numbers(named("m\u00e9lanome", "b"), named("me\u0301lanome", "b\u00a0")));
    assertEquals(List.of(), notes);
    refused(
        "new.npz has the classes benign, cyst, run has benign, malignant, normal",
        named("benign", "cyst"),
        run);
    refused("has the classes Benign", named("Benign", "normal"), run);
  }

  @Test
  void theSideWithoutNamesIsNamed() {
    SetDescription run = named("benign", "malignant", "normal");
    SetDescription numbered = SetDescription.unnamed(Task.MULTI_CLASS, 3);
    assertArrayEquals(new int[] {0, 1, 2}, numbers(numbered, run));
    assertEquals(
        List.of(
            "note: new.npz names no classes, so they are matched by number: 0 = benign,"
                + " 1 = malignant, 2 = normal"),
        notes);
    assertArrayEquals(new int[] {0, 1}, numbers(named("x", "y"), numbered));
    assertTrue(notes.getFirst().startsWith("note: run names no classes"), notes.toString());
    assertArrayEquals(new int[] {0, 1, 2}, numbers(numbered, numbered));
    assertEquals(List.of(), notes, "no names on either side: nothing to say");
    refused("has the classes x, y, z, u", named("x", "y", "z", "u"), numbered);
  }

  /** Names that are numbers are names: folders 1 and 2 are not the classes 0 and 1. */
  @Test
  void numbersAsNames() {
    SetDescription run = named("0", "1", "2");
    assertArrayEquals(new int[] {1, 2}, numbers(named("1", "2"), run));
    SetDescription turned = named("1", "0");
    assertArrayEquals(new int[] {1, 0}, numbers(turned, named("0", "1")));
    assertArrayEquals(new int[] {0, 1}, numbers(SetDescription.unnamed(Task.BINARY, 2), turned));
    assertEquals(1, notes.size(), "numbers without names are no names");
  }

  @Test
  void severalLabelsASampleNeedAllNames() {
    SetDescription run = several("effusion", "mass", "hernia");
    assertArrayEquals(new int[] {2, 0, 1}, numbers(several("hernia", "effusion", "mass"), run));
    refused("give every sample all of these labels", several("effusion", "mass"), run);
    refused("has the labels effusion, mass, node", several("effusion", "mass", "node"), run);
    refused("has one label a sample, run has several", named("effusion", "mass"), run);
    Split split =
        new Split(
            "new",
            1,
            java.lang.foreign.MemorySegment.ofArray(new byte[2]),
            3,
            new int[] {1, 0, 0, 1, 1, 0});
    assertArrayEquals(new int[] {0, 0, 1, 1, 0, 1}, split.renumbered(new int[] {2, 0, 1}).labels());
  }

  @Test
  void picturesMadeByAnotherRuleAreRefused() {
    refused(
        "new.npz was packed with --fit crop, run with --fit pad",
        fitted(Fit.CROP),
        fitted(Fit.PAD));
    refused("was packed with --fit crop, run with --fit none", fitted(Fit.CROP), fitted(Fit.NONE));
    numbers(fitted(Fit.NONE), fitted(Fit.PAD));
    assertEquals(List.of(), notes, "pictures of the right size are not resized by any rule");
    numbers(named("a", "b"), fitted(Fit.PAD));
    assertTrue(notes.getFirst().contains("does not say how its pictures were resized"));
  }

  @Test
  void aFileHoldsItsNames() throws IOException {
    List<String> names = List.of("m\u00e9lanome", "\ud83d\ude00 x", "n");
    Map<String, byte[]> arrays = Forge.arrays();
    Path file = folder.resolve("set.npz");
    NpzWriter npz = new NpzWriter(false);
    arrays.forEach(npz::add);
    new SetDescription(Task.ORDINAL, names, true, Optional.of(Fit.PAD)).addTo(npz).write(file);
    try (Dataset data = Dataset.open(file)) {
      assertEquals(names, data.labelNames());
      assertEquals(Task.ORDINAL, data.task());
      assertEquals(Optional.of(Fit.PAD), data.fit());
      assertTrue(data.notice().contains("it holds the names of its 3 classes"), data.notice());
      assertFalse(data.notice().contains("ignored"), data.notice());
      SetDescription turned = named("n", "\ud83d\ude00 x", "m\u00e9lanome");
      Dataset matched = data.matched(turned, "run", WorkMonitor.SILENT);
      assertEquals(2 - data.train().label(0), matched.train().label(0));
      assertEquals(turned, matched.description());
      assertFalse(matched.contentSha256().equals(data.contentSha256()));
    }
  }

  /** What is wrong with either array is said with the file and what to do, before any training. */
  @Test
  void arraysThatSayNothingSoundAreNamed() throws IOException {
    List<String> many = new ArrayList<>();
    for (int i = 0; i <= 1000; i++) {
      many.add("c" + i);
    }
    assertRefused(
        "it holds 1001 names, allowed are 1000", NpzWriter.npyText(many, List.of(many.size())));
    Map<String, String> wrong =
        Map.of(
            "no json", "it is not what Unerring writes",
            "[1]", "it is not what Unerring writes",
            "{\"format\":\"unerring-set-9\"}", "its format is not unerring-set-1",
            "{\"format\":\"unerring-set-1\"}", "is not a task",
            "{\"format\":\"unerring-set-1\",\"task\":3}", "\"3\" is not a task");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      Map<String, byte[]> arrays = Forge.arrays();
      arrays.put("unerring", NpzWriter.npyText(List.of(each.getKey()), List.of()));
      Path file = Files.write(folder.resolve("w.npz"), Forge.npz(arrays, false));
      DataException e = assertThrows(DataException.class, () -> Dataset.open(file));
      assertTrue(e.getMessage().contains(each.getValue()), e.getMessage());
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      assertTrue(e.getMessage().endsWith("leave it out, or pack the set again"), e.getMessage());
    }
  }

  /** Names that numpy saved, of any width and byte order, without anything else of ours. */
  @Test
  void namesOfOtherPrograms() throws IOException {
    byte[] big =
        ByteBuffer.allocate(16)
            .order(ByteOrder.BIG_ENDIAN)
            .putInt('a')
            .putInt('b')
            .putInt('c')
            .putInt(0)
            .array();
    assertEquals(List.of("ab", "c"), names(NpzWriter.npy(">U2", List.of(2), big)));
    byte[] utf8 = "\u00e9\0b\0\0".getBytes(StandardCharsets.UTF_8);
    assertEquals(List.of("\u00e9", "b"), names(NpzWriter.npy("|S3", List.of(2), utf8)));
    assertRefused("it is no text (type |O)", NpzWriter.npy("|O", List.of(2), new byte[16]));
    assertRefused(
        "its 2 names", NpzWriter.npyText(List.of("a", "b"), List.of(2)), Forge.labels(0, 1, 2, 0));
    assertRefused("one twice", NpzWriter.npyText(List.of("a", "a\u00a0"), List.of(2)));
  }

  private void assertRefused(String part, byte[] names, byte... train) {
    DataException e =
        assertThrows(DataException.class, () -> names(names, train.length == 0 ? null : train));
    assertTrue(e.getMessage().contains(part), e.getMessage());
    assertTrue(e.getMessage().contains("label_names"), e.getMessage());
  }

  private List<String> names(byte[] names) throws IOException {
    return names(names, null);
  }

  private List<String> names(byte[] names, byte[] train) throws IOException {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.replaceAll((name, npy) ->
        name.equals("train_labels")
            ? train == null ? Forge.labels(0, 1, 0, 1) : train
            : name.endsWith("labels") ? Forge.labels(0, 0) : npy);
    arrays.put("label_names", names);
    Path file = Files.write(folder.resolve("n.npz"), Forge.npz(arrays, false));
    try (Dataset data = Dataset.open(file)) {
      return data.labelNames();
    }
  }
}

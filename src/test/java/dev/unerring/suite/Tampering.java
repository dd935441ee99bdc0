// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.base.Json;
import dev.unerring.base.Philox;
import dev.unerring.data.Dataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes to a certified case, generated: bits of every tensor, pixels, labels, records, every
 * field of the statement, the envelope and the signature.
 */
public final class Tampering {
  private static final int PURPOSE = 1_218;

  private final CertifiedCase honest;
  private final CertifiedCase.Kind kind;
  private final int each;
  private final List<Change> changes = new ArrayList<>();

  /**
   * One change.
   *
   * @param name what was changed
   * @param names what the refusal must name
   * @param signed whether it shows only with the public key: what the signer states, the signature
   * @param files the changed files by name; the others stay
   */
  public record Change(String name, String names, boolean signed, Map<String, byte[]> files) {}

  /**
   * Generates changes.
   *
   * @param each how many of each kind
   */
  public Tampering(CertifiedCase honest, CertifiedCase.Kind kind, int each) {
    this.honest = honest;
    this.kind = kind;
    this.each = each;
    try {
      weights();
      samples();
      records();
      fields();
      envelope();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of them. */
  public List<Change> changes() {
    return List.copyOf(changes);
  }

  /** Lays a changed case into a folder. */
  public static void lay(CertifiedCase honest, Change change, Path folder) {
    try {
      for (String name :
          List.of("set.npz", "model.safetensors", "certificate.json", "verdicts.bin")) {
        byte[] bytes = change.files.get(name);
        Path to = folder.resolve(name);
        Files.write(to, bytes == null ? Files.readAllBytes(honest.folder().resolve(name)) : bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int draw(int number, int below) {
    return Integer.remainderUnsigned(Philox.bits(11, PURPOSE, changes.size(), number), below);
  }

  private void add(String name, String names, boolean signed, String file, byte[] bytes) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(file, bytes);
    changes.add(new Change(name, names, signed, files));
  }

  private void weights() throws IOException {
    byte[] model = Files.readAllBytes(honest.model());
    int header = (int) ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String json = new String(model, 8, header, StandardCharsets.UTF_8).strip();
    for (Map.Entry<?, ?> tensor : ((Map<?, ?>) Json.parse(json)).entrySet()) {
      if (tensor.getValue() instanceof Map<?, ?> entry
          && entry.get("data_offsets") instanceof List<?> offsets) {
        int begin = ((Long) offsets.get(0)).intValue();
        int size = ((Long) offsets.get(1)).intValue() - begin;
        for (int i = 0; i < each; i++) {
          byte[] changed = model.clone();
          int bit = draw(0, 8);
          int at = 8 + header + begin + draw(1, size);
          changed[at] ^= (byte) (1 << bit);
          String name = tensor.getKey() + ", bit " + bit + " of byte " + at;
          add(name, "tensor " + tensor.getKey(), false, "model.safetensors", changed);
        }
      }
    }
    byte[] changed =
        new String(model, StandardCharsets.ISO_8859_1)
            .replaceFirst("\"fit\":\"crop\"", "\"fit\":\"pads\"")
            .getBytes(StandardCharsets.ISO_8859_1);
    add("metadata of the model", "header", false, "model.safetensors", changed);
  }

  private void samples() throws IOException {
    for (int i = 0; i < 8 * each; i++) {
      byte[][] images = CertifiedCase.images(kind);
      int[][] labels = CertifiedCase.labels(kind);
      int split = i % 3;
      String place = List.of("train", "val", "test").get(split);
      int bytes = kind.image().imageElements();
      boolean pixel = i % 2 == 0;
      int at = draw(0, pixel ? images[split].length : labels[split].length);
      int columns = kind.multi() ? kind.classes() : 1;
      place += "[" + at / (pixel ? bytes : columns) + "]";
      if (pixel) {
        images[split][at] ^= (byte) (1 << draw(1, 8));
      } else {
        labels[split][at] = (labels[split][at] + 1) % (kind.multi() ? 2 : kind.classes());
      }
      Path file = Files.createTempFile("unerring", ".npz");
      CertifiedCase.writeData(file, kind, images, labels);
      String name = (pixel ? "pixel of " : "label of ") + place;
      String what = place + (pixel ? ": its image" : ": its label");
      add(name, what, false, "set.npz", Files.readAllBytes(file));
      Files.delete(file);
      Files.deleteIfExists(Path.of(file + ".previous"));
    }
  }

  private void records() throws IOException {
    byte[] verdicts = Files.readAllBytes(honest.verdicts());
    for (int i = 0; i < 8 * each; i++) {
      byte[] changed = verdicts.clone();
      int at = 8 + draw(0, changed.length - 8);
      changed[at] ^= (byte) (1 << draw(1, 8));
      String place = at < 40 ? "train[0]" : place((at - 40) / width());
      add("byte " + at + " of the verdicts", place, false, "verdicts.bin", changed);
    }
    byte[] cut = new byte[verdicts.length - 1];
    System.arraycopy(verdicts, 0, cut, 0, cut.length);
    add("verdicts cut off", "verdicts.bin", false, "verdicts.bin", cut);
  }

  private int width() {
    return 40 + 8 * (kind.multi() ? kind.classes() : 1);
  }

  private String place(int position) {
    try (Dataset data = Dataset.open(honest.data())) {
      int first = 0;
      for (var split : data.splits()) {
        if (position < first + split.size()) {
          return split.name() + "[" + (position - first) + "]";
        }
        first += split.size();
      }
      throw new IllegalStateException("record " + position);
    }
  }

  private Map<?, ?> envelopeJson() throws IOException {
    return (Map<?, ?>) Json.parse(Files.readString(honest.certificate()));
  }

  private void fields() throws IOException {
    byte[] payload = Base64.getDecoder().decode((String) envelopeJson().get("payload"));
    Object statement = Json.parse(new String(payload, StandardCharsets.UTF_8));
    for (List<Object> path : leaves(statement)) {
      for (int i = 0; i < Math.min(3, each); i++) {
        Object changed = changed(statement, path, i);
        String key = path.get(0).equals("predicate") ? String.valueOf(path.get(1)) : "";
        boolean stated = key.equals("statedBySigner");
        String leaf =
            path.contains("verdicts")
                ? "verdicts"
                : path.getFirst().equals("subject") && path.getLast().equals("name")
                    ? "scope"
                    : String.valueOf(
                        path.getLast() instanceof String s ? s : path.get(path.size() - 2));
        field(path + " " + i, stated ? "signature" : leaf, stated, Json.canonical(changed));
      }
    }
    Map<String, Object> more = new LinkedHashMap<>();
    ((Map<?, ?>) statement).forEach((name, value) -> more.put((String) name, value));
    more.put("remark", "all is well");
    field("another key of the statement", "remark", false, Json.canonical(more));
    field(
        "payload cut off",
        "payload",
        false,
        new String(payload, 0, payload.length - 9, StandardCharsets.UTF_8));
    field(
        "payload with a space",
        "payload",
        false,
        new String(payload, StandardCharsets.UTF_8) + " ");
  }

  private void field(String name, String names, boolean signed, String payload) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    envelopeJson().forEach((key, value) -> json.put((String) key, value));
    json.put(
        "payload", Base64.getEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8)));
    add(name, names, signed, "certificate.json", bytes(json));
  }

  private static byte[] bytes(Object json) {
    return Json.pretty(json).getBytes(StandardCharsets.UTF_8);
  }

  private static List<List<Object>> leaves(Object json) {
    List<List<Object>> paths = new ArrayList<>();
    collect(json, List.of(), paths);
    return paths;
  }

  private static void collect(Object json, List<Object> path, List<List<Object>> to) {
    if (json instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach((key, value) -> collect(value, with(path, key), to));
    } else if (json instanceof List<?> list && !list.isEmpty()) {
      for (int i = 0; i < list.size(); i++) {
        collect(list.get(i), with(path, i), to);
      }
    } else {
      to.add(path);
    }
  }

  private static List<Object> with(List<Object> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  /** The value with one leaf replaced (0), taken away (1), or made another type (2). */
  private static Object changed(Object json, List<Object> path, int how) {
    if (path.isEmpty()) {
      return switch (json) {
        case String text when how == 0 && text.matches("[0-9a-f]{64}") ->
            (text.charAt(0) == '0' ? "1" : "0") + text.substring(1);
        case String text when how == 0 -> text + "x";
        case Long number when how == 0 -> number + 1;
        case Double number when how == 0 -> number / 2;
        case null -> 0.5;
        default -> List.of("other");
      };
    }
    Object step = path.getFirst();
    boolean away = path.size() == 1 && how == 1;
    List<Object> rest = path.subList(1, path.size());
    if (json instanceof Map<?, ?> map) {
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put((String) key, value));
      copy.remove(step);
      if (!away) {
        copy.put((String) step, changed(map.get(step), rest, how));
      }
      return copy;
    }
    List<Object> copy = new ArrayList<>((List<?>) json);
    Object old = copy.remove((int) (Integer) step);
    if (!away) {
      copy.add((Integer) step, changed(old, rest, how));
    }
    return copy;
  }

  private void envelope() throws IOException {
    Map<?, ?> honestJson = envelopeJson();
    Map<?, ?> first = (Map<?, ?>) ((List<?>) honestJson.get("signatures")).getFirst();
    byte[] signature = Base64.getDecoder().decode((String) first.get("sig"));
    for (int i = 0; i < 8 * each; i++) {
      byte[] changed = signature.clone();
      changed[draw(0, changed.length)] ^= (byte) (1 << draw(1, 8));
      signature(first.get("keyid"), Base64.getEncoder().encodeToString(changed), "signature");
    }
    signature("0".repeat(64), first.get("sig"), "signature");
    signature(first.get("keyid"), first.get("sig") + "=", "signatures[0].sig");
    envelopeKey("signatures", List.of(), "signature");
    envelopeKey("signatures", List.of(first, first), "signatures");
    envelopeKey("payloadType", "text/plain", "payloadType");
    envelopeKey("payload", "%%%", "payload");
    envelopeKey("more", "x", "envelope");
    byte[] text = Files.readAllBytes(honest.certificate());
    for (int i = 1; i <= each; i++) {
      byte[] cut = new byte[text.length * i / (each + 1)];
      System.arraycopy(text, 0, cut, 0, cut.length);
      add("cut off at " + cut.length, "certificate.json", false, "certificate.json", cut);
    }
  }

  private void signature(Object key, Object text, String names) throws IOException {
    Map<String, Object> changed = new LinkedHashMap<>();
    changed.put("keyid", key);
    changed.put("sig", text);
    envelopeKey("signatures", List.of(changed), names);
  }

  private void envelopeKey(String key, Object value, String names) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    envelopeJson().forEach((each, old) -> json.put((String) each, old));
    json.put(key, value);
    add(
        key + " of the envelope",
        names,
        names.equals("signature"),
        "certificate.json",
        bytes(json));
  }
}

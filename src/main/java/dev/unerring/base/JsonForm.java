// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The keys of a JSON object, listed once for both directions. A record has a method {@code
 * form(JsonForm, T)} that asks for each of its components by key and makes a record of the answers:
 * where the form writes, the answer is the component, which is written; where it reads, it is what
 * the object holds. Each question throws a {@link DataException} that names source and key where
 * the object has no such value.
 */
public final class JsonForm {
  private final Place place;
  private final Map<String, Object> written = new LinkedHashMap<>();
  private final Map<String, Object> unread; // null where the form writes
  private Map<String, Object> others;
  private boolean extensible;

  private JsonForm(Place place, Map<String, Object> unread, Map<String, Object> others) {
    this.place = place;
    this.unread = unread;
    this.others = others;
  }

  // ---- types ----

  /**
   * How a value stands in JSON.
   *
   * @param read of a JSON value; the supplier gives the defaults of an object's keys
   * @param write to a JSON value
   */
  public record Type<T>(Reader<T> read, Function<T, Object> write) {}

  /** Reads a value. */
  public interface Reader<T> {
    /** The value; throws what {@link Place#not} gives where {@code json} is none of the type. */
    T read(Object json, Place place, Supplier<T> known);
  }

  /** A text. */
  public static final Type<String> TEXT =
      scalar("a text", json -> json instanceof String text ? text : null);

  /** An integer of 64 bits. */
  public static final Type<Long> LONG =
      scalar("an integer", json -> json instanceof Long number ? number : null);

  /** An integer of 32 bits. */
  public static final Type<Integer> INTEGER =
      new Type<>(
          (json, place, _) -> {
            long number = LONG.read().read(json, place, null);
            if (number != (int) number) {
              throw place.not("a small integer");
            }
            return (int) number;
          },
          Integer::longValue);

  /** A finite number. */
  public static final Type<Double> REAL =
      scalar(
          "a number",
          json -> {
            double number = json instanceof Number each ? each.doubleValue() : Double.NaN;
            return Double.isFinite(number) ? number : null;
          });

  /** True or false. */
  public static final Type<Boolean> FLAG =
      scalar("true or false", json -> json instanceof Boolean flag ? flag : null);

  /** A value of any type but null. */
  public static final Type<Object> ANY = scalar("there", Function.identity());

  private static <T> Type<T> scalar(String words, Function<Object, T> read) {
    return new Type<>(
        (json, place, _) -> {
          T value = read.apply(json);
          if (value == null) {
            throw place.not(words);
          }
          return value;
        },
        value -> value);
  }

  /**
   * One of some values, written as {@code toString} gives it.
   *
   * @param other what all other texts are read as; empty to refuse them
   */
  public static <T> Type<T> oneOf(T[] values, Optional<T> other) {
    return new Type<>(
        (json, place, _) -> {
          String word = TEXT.read().read(json, place, null);
          return Stream.of(values)
              .filter(each -> each.toString().equals(word))
              .findFirst()
              .or(() -> other)
              .orElseThrow(() -> place.not("one of " + List.of(values)));
        },
        Object::toString);
  }

  /**
   * A list.
   *
   * @param words what is in it, for messages
   */
  public static <T> Type<List<T>> list(Type<T> each, String words) {
    return new Type<>(
        (json, place, _) -> {
          if (!(json instanceof List<?> list)) {
            throw place.not("a list of " + words);
          }
          List<T> values = new ArrayList<>();
          for (Object value : list) {
            values.add(each.read().read(value, place.item(values.size()), null));
          }
          return List.copyOf(values);
        },
        values -> values.stream().map(each.write()).toList());
  }

  /** A JSON object whose keys are names and whose values have one type, in its order. */
  public static <T> Type<Map<String, T>> map(Type<T> each) {
    return new Type<>(
        (json, place, _) -> {
          Map<String, T> values = new LinkedHashMap<>();
          object(json, place)
              .forEach(
                  (key, value) -> values.put(key, each.read().read(value, place.at(key), null)));
          return values;
        },
        values -> {
          Map<String, Object> json = new LinkedHashMap<>();
          values.forEach((key, value) -> json.put(key, each.write().apply(value)));
          return json;
        });
  }

  /** A record. */
  public static <T> Type<T> object(BiFunction<JsonForm, T, T> form) {
    return new Type<>(
        (json, place, known) -> read(form, json, place, known), value -> write(form, value));
  }

  /**
   * Reads a record.
   *
   * @param known gives the defaults of absent keys where the place is open
   */
  public static <T> T read(
      BiFunction<JsonForm, T, T> form, Object json, Place place, Supplier<T> known) {
    Map<String, Object> keys = object(json, place);
    T none = place.open() ? known.get() : null;
    JsonForm first = new JsonForm(place, new TreeMap<>(keys), Map.of());
    T read = form.apply(first, none);
    if (place.open() && !first.unread.isEmpty()) {
      throw place.unknown(first.unread.keySet().iterator().next());
    }
    Map<String, Object> others =
        first.extensible ? JsonOthers.of(keys, write(form, read)) : Map.of();
    return others.isEmpty()
        ? read
        : form.apply(new JsonForm(place, new TreeMap<>(keys), others), none);
  }

  /** A record as a JSON object, in the order of its form. */
  public static <T> Map<String, Object> write(BiFunction<JsonForm, T, T> form, T value) {
    JsonForm writer = new JsonForm(null, null, Map.of());
    form.apply(writer, value);
    return JsonOthers.merged(writer.written, writer.others);
  }

  private static Map<String, Object> object(Object json, Place place) {
    if (!(json instanceof Map<?, ?> map)) {
      throw place.not("a JSON object");
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put((String) key, value));
    return copy;
  }

  // ---- questions ----

  /** The value of a key, which is always there. */
  public <T> T value(String key, Type<T> type, Supplier<T> known) {
    return optional(key, type, () -> Optional.of(known.get()))
        .orElseGet(() -> type.read().read(null, place.at(key), null));
  }

  /** The value of a key that is absent where there is none. */
  public <T> Optional<T> optional(String key, Type<T> type, Supplier<Optional<T>> known) {
    if (unread == null) {
      Optional<T> value = known.get();
      value.ifPresent(each -> written.put(key, type.write().apply(each)));
      return value;
    }
    if (!unread.containsKey(key)) {
      return place.open() ? known.get() : Optional.empty();
    }
    Supplier<T> inner = () -> known.get().orElseThrow();
    return Optional.of(type.read().read(unread.remove(key), place.at(key), inner));
  }

  /** The value of a key that is null where there is none; an absent key is read as null. */
  public <T> Optional<T> nullable(String key, Type<T> type, Supplier<Optional<T>> known) {
    if (unread == null) {
      written.put(key, null);
    } else if (unread.containsKey(key) && unread.get(key) == null) {
      unread.remove(key);
      return Optional.empty();
    }
    return optional(key, type, known);
  }

  /** Values of any type under those of the keys that are there. */
  public Map<String, Object> values(List<String> keys, Supplier<Map<String, Object>> known) {
    if (unread == null) {
      written.putAll(known.get());
      return known.get();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    keys.stream().filter(unread::containsKey).forEach(key -> values.put(key, unread.remove(key)));
    return values;
  }

  /** What the record does not know of the object: keys of later versions, nested ones, words. */
  public Map<String, Object> others(Supplier<Map<String, Object>> known) {
    extensible = true;
    others = unread == null ? known.get() : others;
    return others;
  }

  /** A record whose keys stand in this object. */
  public <T> T group(BiFunction<JsonForm, T, T> form, Supplier<T> known) {
    return form.apply(this, unread == null || place.open() ? known.get() : null);
  }

  // ---- places ----

  /**
   * Where a value stands.
   *
   * @param source name of the file, for messages
   * @param what the outermost object is, for messages: {@code plan}
   * @param path of keys with dots; empty for the outermost object
   * @param open whether absent keys keep the value that is known and unknown keys are refused; else
   *     absent ones are refused
   */
  public record Place(String source, String what, String path, boolean open) {
    /** The outermost object. */
    public Place(String source, String what, boolean open) {
      this(source, what, "", open);
    }

    private Place at(String key) {
      return new Place(source, what, path.isEmpty() ? key : path + "." + key, open);
    }

    private Place item(int number) {
      return new Place(source, what, path + "[" + number + "]", open);
    }

    /** Says that the value here is not what it should be. */
    public DataException not(String wanted) {
      return new DataException(
          path.isEmpty()
              ? source + ": a " + what + " is " + wanted
              : source + ": the " + what + "'s '" + path + "' is not " + wanted);
    }

    private DataException unknown(String key) {
      return new DataException(source + ": unknown key '" + at(key).path + "' in the " + what);
    }
  }
}

#!/bin/sh
# Compiles and runs the examples against the jar alone, on the class path and on the module path.
# Arguments: home of a JDK, the jar, a folder to work in, which is made anew.
set -eu
jdk=$1 jar=$2 work=$3
here=$(dirname "$0")
rm -rf "$work"
mkdir -p "$work/lib"
cp "$jar" "$work/lib/unerring.jar"

try() {
  name=$1
  shift
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; echo "the example $name failed" >&2; exit 1; }
  if grep -q '^WARNING' "$work/log"; then
    cat "$work/log" >&2
    echo "the example $name starts with a warning" >&2
    exit 1
  fi
  echo "$name: $(tail -n 1 "$work/log")"
}

classes() {
  name=$1
  shift
  try "$name" "$jdk/bin/java" --enable-native-access=ALL-UNNAMED -Dunerring.cache="$work/cache" \
    -cp "$work/lib/unerring.jar:$work/classes" "examples.$name" "$@"
}

modules() {
  name=$1
  shift
  try "$name" "$jdk/bin/java" --enable-native-access=dev.unerring -Dunerring.cache="$work/cache" \
    --module-path "$work/lib/unerring.jar:$work/modules" --module "examples/examples.$name" "$@"
}

"$jdk/bin/javac" -Xlint:all,-path -Werror -d "$work/classes" -cp "$work/lib/unerring.jar" \
  "$here"/examples/*.java
"$jdk/bin/javac" -Xlint:all,-path -Werror -d "$work/modules" --module-path "$work/lib/unerring.jar" \
  "$here/module-info.java" "$here"/examples/*.java
for way in classes modules; do
  echo "examples on the $way path"
  run=$work/run-$way
  $way Train "$run"
  $way Serve "$run"
  $way Correct "$run" "$run-v2"
done

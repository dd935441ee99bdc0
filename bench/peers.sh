#!/bin/sh
# Fetches the native libraries of the peers, each by itself: bench/target/natives/<peer>/*.jar, or
# bench/target/natives/<peer>.missing with the reason, which ends up in the table of results.
# Usage: peers.sh "MVN COMMAND" POM FOLDER SYSTEM MACHINE
maven=$1 pom=$2 folder=$3 system=$4 machine=$5

version() { sed -n "s,^    <$1\.version>\(.*\)</$1\.version>,\1,p" "$pom"; }

# fetch PEER GROUP:ARTIFACT:VERSION:CLASSIFIER...
fetch() {
  peer=$1
  shift
  rm -rf "${folder:?}/$peer" "$folder/$peer.missing"
  mkdir -p "$folder/$peer"
  for artifact in "$@"; do
    coordinates=$(printf '%s' "$artifact" | sed 's/:\([^:]*\)$/:jar:\1/')
    $maven -B -q -f "$pom" dependency:copy -Dartifact="$coordinates" \
      -DoutputDirectory="$(cd "$folder/$peer" && pwd)" >"$folder/$peer.log" 2>&1 && continue
    echo "$artifact does not resolve from the Maven repositories" >"$folder/$peer.missing"
    rm -rf "${folder:?}/$peer"
    return
  done
}

mkdir -p "$folder"
bytedeco=$system-$(echo "$machine" | sed 's/aarch64/arm64/')
bytedeco=$(echo "$bytedeco" | sed 's/^macos-/macosx-/')
djl=$(echo "$system" | sed 's/macos/osx/')-$machine
javacpp=org.bytedeco:javacpp:$(version javacpp):$bytedeco

# oneDNN's binding wants that of OpenCL, though nothing of it is called.
fetch onednn "$javacpp" "org.bytedeco:opencl:$(version opencl):$bytedeco" \
  "org.bytedeco:dnnl:$(version dnnl):$bytedeco"
fetch openblas "$javacpp" "org.bytedeco:openblas:$(version openblas):$bytedeco"
fetch djl "ai.djl.pytorch:pytorch-native-cpu:$(version libtorch):$djl"
fetch jcuda "org.jcuda:jcuda-natives:$(version jcuda):$system-$machine"

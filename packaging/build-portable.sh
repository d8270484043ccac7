#!/usr/bin/env bash
# Builds a program that can be taken to other machines: packaging/build-portable.sh FOLDER, which gets bin/overvann and what it
# needs but GDAL. Needs Swift, libgdal-dev and pkg-config.
# For x86-64 the program is built three times, for any processor, for those with AVX2 and for those with AVX-512, and
# bin/overvann starts the one that fits: vectors are four, eight or sixteen numbers long, and the results are the same bits.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
build() {
  local level=$1 place=$2
  shift 2
  local scratch=.build/portable/$level
  swift build -c release --product overvann --static-swift-stdlib --scratch-path "$scratch" "$@"
  install -D -m 755 "$scratch/release/overvann" "$folder/$place"
  strip --strip-unneeded "$folder/$place"
}
if [ "$(uname -m)" = x86_64 ]; then
  build x86-64 lib/overvann/x86-64/overvann
  build x86-64-v3 lib/overvann/x86-64-v3/overvann -Xcc -march=x86-64-v3
  build x86-64-v4 lib/overvann/x86-64-v4/overvann -Xcc -march=x86-64-v4 -Xcc -mprefer-vector-width=512
  install -D -m 755 packaging/overvann.sh "$folder/bin/overvann"
else
  build any bin/overvann
fi

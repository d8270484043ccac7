#!/bin/sh
# Starts the program that was built for this processor: with AVX-512 (x86-64-v4), with AVX2 (x86-64-v3, since 2013), or for any.
# The loader knows what the processor has.
program=$(readlink -f "$0")
programs=${program%/bin/*}/lib/overvann
known=$(/lib64/ld-linux-x86-64.so.2 --help 2>/dev/null)
for level in x86-64-v4 x86-64-v3; do
  case $known in
  *"$level (supported"*) exec "$programs/$level/overvann" "$@" ;;
  esac
done
exec "$programs/x86-64/overvann" "$@"

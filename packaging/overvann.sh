#!/bin/sh
# Starts the program for this processor: where it has AVX2 and its companions (x86-64-v3, since 2013) the one built for them,
# whose grid kernels are about twice as fast, with the same bits. The loader knows what the processor has.
programs=/usr/lib/overvann
case $(/lib64/ld-linux-x86-64.so.2 --help 2>/dev/null) in
*"x86-64-v3 (supported"*) exec "$programs/x86-64-v3/overvann" "$@" ;;
*) exec "$programs/x86-64/overvann" "$@" ;;
esac

#!/bin/sh
# Usage: run.sh LIBRARY DIRECTORY. ns per malloc+free pair in the calling thread above a passthrough shim, interleaved,
# least of 5. HEAPHOUND_OUTPUT=null: keeps nothing, so disks do not count; the sender runs beside it.
set -eu
library=$1
directory=$2
printf '%-8s %10s %12s %10s %10s\n' depth native passthrough heaphound added
for depth in 5 20 60; do
  native=999999 shim=999999 hound=999999
  for _ in 1 2 3 4 5; do
    least() { awk -v a="$1" -v b="$2" 'BEGIN { print a + 0 < b + 0 ? a : b }'; }
    native=$(least "$native" "$("$directory/pair" $depth)")
    shim=$(least "$shim" "$(LD_PRELOAD=$directory/passthrough.so "$directory/pair" $depth)")
    hound=$(least "$hound" "$(HEAPHOUND_OUTPUT=null: LD_PRELOAD=$library "$directory/pair" $depth)")
  done
  awk -v d=$depth -v n="$native" -v s="$shim" -v h="$hound" \
    'BEGIN { printf "%-8d %10.1f %12.1f %10.1f %10.1f\n", d, n, s, h, h - s }'
done

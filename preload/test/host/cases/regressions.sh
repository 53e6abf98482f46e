# What Bytehound's tests and defects ask of a preload library, as far as no other test does (docs/compatibility.md lists them all).
for case in results backtrace arguments _exit _Exit refusals; do
  for kind in '' -no-pie; do
    settings=(HEAPHOUND_FREE_STACKS=1)
    same "regressions$kind: $case" @ "$programs/regressions$kind" $case && recorded "regressions$kind: $case" 1
  done
done
settings=()

# A failed realloc is no free: the block is there to the end.
for kind in '' -no-pie; do
  same "regressions$kind: refusals" @ "$programs/regressions$kind" refusals
  "$show" "$recordings"/*.hh --events >"$work/events"
  [ "$(grep -c 'size 4321 .* live' "$work/events")" = 1 ] && pass || fail "regressions$kind: a failed realloc is a free"
  # A program that only imports malloc keeps the allocator that it has.
  grep -q '^allocator 0: glibc .* hooking 1$' "$work/events" && ! grep -q '^allocator 1' "$work/events" && pass ||
    fail "regressions$kind: the allocator" "$(grep ^allocator "$work/events")"
done

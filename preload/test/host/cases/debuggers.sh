# Under debuggers and checkers, and with a checker built in.
if have gdb; then
  same "gdb" sh -c 'gdb -q -batch -nx -iex "set auto-load off" -iex "set debuginfod enabled off" \
    -iex "set startup-with-shell off" -iex "set breakpoint pending on" -iex "set print thread-events off" \
    -ex "break open_descriptors" -ex run -ex "bt 1" -ex continue --args "$@" 2>&1 |
    grep -e "^#" -e "^threads" -e "exited with" -e SIG | sed "s/process [0-9]*/process N/"' sh @ "$programs/busy" 150 1
else skip "gdb" "not installed"; fi
have strace && same "strace" strace -f -o /dev/null @ "$programs/busy" 150 2
if have valgrind; then
  same "valgrind" @ valgrind -q --error-exitcode=77 "$programs/busy" 150 2
else skip "valgrind" "not installed"; fi
for kind in address thread undefined leak; do
  for compiler in gcc clang; do
    host=$programs/busy-$compiler-$kind
    [ -x "$host" ] || { skip "$kind sanitizer, $compiler" "no runtime library for it"; continue; }
    same "$kind sanitizer, $compiler" @ "$host" 150 2
    same "$kind sanitizer, $compiler, a finding" @ "$host" bad
  done
done

# A C library that lacks any one of the functions that ours asks for, or libdl and libpthread: programs start all the same.
if have python3; then
  real_library=$library lacking=
  for name in $(readelf -W --dyn-syms "$library" | awk '$7 == "UND" && $8 != "" { print $8 }'); do
    python3 "$here/without_symbol.py" "$real_library" "$name" "$work/without.so" || { fail "without $name" "no such copy"; continue; }
    chmod 755 "$work/without.so"
    library=$work/without.so
    profiled_environment
    execute profiled "${profiled[@]}" "$programs/busy" 20
    [ "$(cat "$work/profiled.code" "$work/profiled.err")" = 5 ] || lacking+=" $name"
    rm -f "$recordings"/*
  done
  library=$real_library
  if [ -z "$lacking" ]; then pass; else fail "without one function:$lacking"; fi
else
  skip "libraries that lack a function" "needs python3"
fi
if [ "$(id -u)" = 0 ]; then
  image=$work/image
  mkdir -p "$image/lib64" "$image/recordings"
  cp "$programs/busy" "$library" "$image"
  cp -L $(ldd "$programs/busy" | grep -o '/[^ ]*' ) "$image/lib64"
  execute profiled chroot "$image" /busy 20
  native=$(cat "$work/profiled.code")
  execute profiled env LD_LIBRARY_PATH=/lib64 LD_PRELOAD=/libheaphound.so HEAPHOUND_OUTPUT=/recordings/x.hh \
    chroot "$image" /lib64/ld-linux-x86-64.so.2 /busy 150
  [ -e "$image/recordings/x.hh" ] && "$show" "$image/recordings/x.hh" >/dev/null && [ "$(cat "$work/profiled.code")" = 5 ] && pass ||
    fail "an image with nothing but the program and its libc" "native $native" "$(cat "$work/profiled.err")"
else
  skip "an image with nothing but libc" "needs root"
fi

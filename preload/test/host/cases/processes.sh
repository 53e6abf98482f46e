# What a program starts, and what it becomes.
without_ours() { grep -v -e '^HEAPHOUND_' -e '^LD_PRELOAD=' "$work/$1"; }
preload_entry() { sed -n 's/^LD_PRELOAD=//p' "$work/profiled.out"; }

# starts NAME COUNT HOW CLEAN COMMAND...: same exit code, the same environment but for ours, and COUNT whole recordings.
starts() {
  local name=$1 count=$2 difference
  shift 2
  rm -f "$recordings"/*
  profiled_environment
  execute native env "$programs/starts" "$@"
  execute profiled "${profiled[@]}" "$programs/starts" "$@"
  difference=$(diff <(without_ours native.out) <(without_ours profiled.out); diff "$work/native.code" "$work/profiled.code"
    diff "$work/native.err" "$work/profiled.err") && pass || fail "$name" "$difference"
  recorded "$name" "$count"
}
expect_preload() { # NAME WANTED
  if [ "$(preload_entry)" = "$2" ]; then pass; else fail "$1: LD_PRELOAD is $(preload_entry), not $2"; fi
}

print=("$(command -v env)")
for how in execve execv execvp execvpe execl execlp execle fexecve; do
  starts "$how" 1 $how kept "$programs/busy" 150
done
for how in fork clone vfork posix_spawn posix_spawnp; do
  starts "$how, none followed" 1 $how kept "$programs/busy" 150
  starts "$how, none followed: environment" 1 $how kept "${print[@]}" && expect_preload "$how, none followed" ""
  starts "$how, clean" 1 $how clean "${print[@]}" && expect_preload "$how, clean" ""
done
starts "execve, clean" 1 execve clean "${print[@]}" && expect_preload "execve, clean" ""
starts "execve, kept" 1 execve kept "${print[@]}" && expect_preload "execve, kept" "$library"

settings=(HEAPHOUND_FOLLOW=children)
for how in fork vfork posix_spawn; do
  starts "$how, followed" 2 $how kept "$programs/busy" 150
  starts "$how, followed, clean" 2 $how clean "$programs/busy" 150
  starts "$how, followed: environment" 2 $how clean "${print[@]}" && expect_preload "$how, followed" "$library"
done
settings=()

# Entries of others stay.
rm -f "$recordings"/*
settings=(LD_PRELOAD="$programs/other.so:$library")
starts "others stay" 1 vfork kept "${print[@]}" && expect_preload "others stay" "$programs/other.so"
settings=()

# Replaced by a program without the library, the recording stays and says so; failing to be replaced, it goes on.
starts "replaced" 1 execv kept "$programs/busy-static" 1
"$show" "$recordings"/*.hh | grep -q 'goodbye 1 (4)' && pass || fail "replaced: the reason is not EXEC"
for file in /nowhere /etc/passwd /tmp; do
  starts "not replaced by $file" 1 execv kept "$file"
  "$show" "$recordings"/*.hh | grep -q 'goodbye 1 (1)' && pass || fail "not replaced by $file: the profile ended"
done
settings=(HEAPHOUND_OUTPUT="$recordings/one.hh")
patience=180 same "forks under load" @ "$programs/forks" ${HEAPHOUND_FORKS:-300} 3
settings=(HEAPHOUND_OUTPUT="$recordings/%p.hh" HEAPHOUND_FOLLOW=children)
same "a hundred forks under load, followed" @ "$programs/forks" 100 2 && recorded "a hundred forks, followed" 101
settings=()

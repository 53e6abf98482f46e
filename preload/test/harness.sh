# shellcheck shell=bash
# Programs with and without the library, for test/host and test/real: sourced once $library and $show are set.
work=$(mktemp -d /tmp/heaphound-XXXXXX)
chmod 755 "$work"
# Other users run programs too, and a checkout below /root is not for them.
cp "$library" "$work/libheaphound.so" && library=$work/libheaphound.so
recordings=$work/recordings
passed=0 failed=0
trap 'rm -rf "$work"' EXIT
mkdir -m 777 "$recordings"

pass() { passed=$((passed + 1)); }
fail() { # NAME LINES...
  failed=$((failed + 1))
  echo "FAILED $1"
  shift
  [ $# -eq 0 ] || printf '    %s\n' "$@" | head -n 20
}
skip() { echo "skip $1: $2"; }
have() { command -v "$1" >/dev/null; }

# In a command `@` stands for "env", and for the library's environment in the second run.
profiled_environment() {
  profiled=(env LD_PRELOAD="$library" HEAPHOUND_OUTPUT="$recordings/%p.hh" "${settings[@]}")
}
settings=()

# execute PREFIX COMMAND...: leaves $work/PREFIX.{out,err,code}.
execute() {
  local prefix=$1
  shift
  (cd "$work" && timeout -k 5 "${patience:-60}" "$@") >"$work/$prefix.out" 2>"$work/$prefix.err" </dev/null
  echo $? >"$work/$prefix.code"
}

substitute() { # WORD... -- COMMAND...: the command with its @ replaced, in `command`
  local replacement=()
  while [ "$1" != -- ]; do replacement+=("$1") && shift; done
  shift
  command=()
  for word; do if [ "$word" = @ ]; then command+=("${replacement[@]}"); else command+=("$word"); fi; done
}

# same NAME COMMAND...: with and without the library. Recordings are in $recordings afterwards.
same() {
  local name=$1 difference=
  shift
  rm -f "$recordings"/*
  profiled_environment
  substitute env -- "$@" && execute native "${command[@]}"
  substitute "${profiled[@]}" -- "$@" && execute profiled "${command[@]}"
  for what in out err code; do
    cmp -s "$work/native.$what" "$work/profiled.$what" || difference+=" $what"
  done
  if [ -z "$difference" ]; then pass; return 0; fi
  fail "$name: differs in$difference" "native: $(tail -c 400 "$work/native.out" "$work/native.err" "$work/native.code" 2>&1)" \
    "profiled: $(tail -c 800 "$work/profiled.out" "$work/profiled.err" "$work/profiled.code" 2>&1)"
  return 1
}

# recorded NAME COUNT: so many recordings, each whole.
recorded() {
  local name=$1 wanted=$2 found=0 said
  for file in "$recordings"/*; do
    [ -e "$file" ] || continue
    found=$((found + 1))
    said=$("$show" "$file" 2>&1) || { fail "$name: a damaged recording" "$said"; return; }
    case $said in *"goodbye 1"*) ;; *) fail "$name: a recording without its end" "$said"; return ;; esac
  done
  if [ "$found" = "$wanted" ]; then pass; else fail "$name: $found recordings, not $wanted" "$(ls "$recordings")"; fi
}

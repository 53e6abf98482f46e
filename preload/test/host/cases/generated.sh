# Code that a program makes and announces by __register_frame: stacks through it are whole.
if have lli && lli --jit-kind=orc "$here/programs/generated.ll" >/dev/null 2>&1; [ $? = 7 ]; then
  for kind in orc mcjit; do
    same "LLVM's $kind" @ lli --jit-kind=$kind "$here/programs/generated.ll" && recorded "LLVM's $kind" 1
    losses=$("$show" "$recordings"/* | sed -n 's/^losses: *//p')
    if [ -z "$losses" ]; then pass; else fail "LLVM's $kind: losses" "$losses"; fi
  done
else
  skip "code made by LLVM" "there is no lli"
fi

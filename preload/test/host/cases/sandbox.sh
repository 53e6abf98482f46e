# Filters of system calls that a program puts on itself, early or late, or that it is started under.
for action in errno kill trap; do
  for kind in "" late- syscall-late- tsync- tsync-late-; do
    same "sandbox $kind$action" @ "$programs/sandboxed" "$kind$action"
  done
  same "started in a sandbox: $action" @ "$programs/sandboxed" $action "$programs/busy" 150
done

# Programs of every kind of C library, or of none.
same "glibc" @ "$programs/busy" 150 2 && recorded "glibc" 1
same "musl" @ "$programs/busy-musl" 150 2 && recorded "musl" 1
same "static glibc" @ "$programs/busy-static" 20 && recorded "static glibc" 0
same "a target that cannot be written" @ HEAPHOUND_OUTPUT=/nowhere/x "$programs/busy" 150
same "small stacks" @ "$programs/small_stacks" && recorded "small stacks" 1
same "small stacks, musl" @ "$programs/small_stacks-musl" && recorded "small stacks, musl" 1

if [ -x "$programs/go-pie" ]; then
  same "Go, no libc" @ "$programs/go-pie"
  same "Go, static" @ "$programs/go-static" && recorded "Go, static" 0
  same "Go with C" @ "$programs/go-cgo" # Go ends by a system call of its own, which nobody sees coming
else
  skip "Go programs as hosts" "there is no Go compiler"
fi
same "a lock of libc around the first allocation" @ "$programs/early_lock" && recorded "a lock of libc around the first allocation" 1

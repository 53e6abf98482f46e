# Limits so low that what a profile wants does not fit into them.
need=$(for kib in $(seq 3000 1000 60000); do
  prlimit --as=$((kib * 1024)) "$programs/busy" 20 >/dev/null 2>&1 && : ; [ $? = 5 ] && echo "$kib" && break
done)
for more in 4096 8192 16384 32768 65536 131072 262144 1048576; do
  same "address space: $more KiB more than needed" prlimit --as=$(((need + more) * 1024)) @ "$programs/busy" 150
done
for nobody in "" "setpriv --reuid=65534 --regid=65534 --clear-groups"; do
  [ "$(id -u)" = 0 ] || [ -z "$nobody" ] || continue
  same "no threads${nobody:+, as nobody}" $nobody prlimit --nproc=1 @ "$programs/busy" 150
done
same "files of at most 4 KiB" prlimit --fsize=4096 @ "$programs/busy" 150
same "files of at most 4 KiB, a short program" prlimit --fsize=4096 @ "$programs/busy" 0
same "no locked memory, no core, little stack" prlimit --memlock=0 --core=0 --stack=131072 @ "$programs/busy" 150
same "descriptors: 1024 of them" prlimit --nofile=1024 @ "$programs/busy" 150 && recorded "descriptors" 1

memory=
for group in /sys/fs/cgroup/memory /sys/fs/cgroup; do
  mkdir "$group/heaphound-host-$$" 2>/dev/null && memory=$group/heaphound-host-$$ && break
done
if [ -n "$memory" ] && for file in memory.limit_in_bytes memory.max; do
  [ -e "$memory/$file" ] && echo $((24 << 20)) >"$memory/$file" 2>/dev/null && break; done; then
  same "24 MiB for everything" sh -c "echo \$\$ >$memory/cgroup.procs && exec \"\$@\"" sh @ "$programs/busy" 1000 4
else
  skip "a small memory cgroup" "cannot make one here"
fi
[ -z "$memory" ] || rmdir "$memory" 2>/dev/null

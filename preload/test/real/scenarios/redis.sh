# A server under its own benchmark; then what it holds is asked, saved by a forked child, and it ends.
socket=$PWD/redis-socket
rm -f "$socket" dump.rdb
"$@" redis-server --enable-debug-command local --port 0 --unixsocket "$socket" --save '' --appendonly no --daemonize no --loglevel warning >/dev/null &
server=$!
ask() { redis-cli -s "$socket" "$@"; }
while [ "$(ask ping 2>/dev/null)" != PONG ]; do kill -0 $server || exit 1; sleep 0.05; done
redis-benchmark -s "$socket" -n 10000 -q -t set,get,lpush,lrange_100,hset,sadd,zadd >/dev/null
echo "benchmark: exit code $?"
for ((i = 0; i < 500; i++)); do echo "set name:$i $(printf '%*d' $((i % 90)) $i)"; done | ask >/dev/null
ask debug digest-value name:7 name:99 mylist | sha256sum
ask bgsave >/dev/null
until ask info persistence | grep -q rdb_bgsave_in_progress:0; do sleep 0.05; done
ask info persistence | grep -o rdb_last_bgsave_status:ok
ask eval "local t = {} for i = 1, 2000 do t[i] = 'x' .. i end return #table.concat(t)" 0
ask shutdown nosave
wait $server
echo "exit code $?"

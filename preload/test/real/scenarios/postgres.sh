# POSTGRES_BIN PREFIX...: a database is made, loaded, asked by several clients, and shut down; not as root, which it refuses.
bin=$1
shift
cluster=$PWD/cluster
as=()
rm -rf "$cluster" && mkdir "$cluster"
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  chown nobody:nogroup "$cluster"
fi
export LC_ALL=C TZ=UTC
"${as[@]}" "$@" "$bin/initdb" -D "$cluster/data" -A trust -U tester -N >"$cluster/initdb" 2>&1
echo "initdb: exit code $?"
"${as[@]}" "$@" "$bin/postgres" -D "$cluster/data" -k "$cluster" -c listen_addresses= -c fsync=off -c max_parallel_workers_per_gather=2 \
  -c min_parallel_table_scan_size=0 -c parallel_setup_cost=0 -c jit=off >"$cluster/log" 2>&1 &
server=$!
until "$bin/pg_isready" -q -h "$cluster" -t 1; do kill -0 $server || { cat "$cluster/log"; exit 1; }; sleep 0.1; done
ask() { "$bin/psql" -h "$cluster" -U tester -d postgres -X -q -A -t "$@" 2>&1; }
"$bin/pgbench" -h "$cluster" -U tester -i -q postgres >/dev/null 2>&1
"$bin/pgbench" -h "$cluster" -U tester -c 4 -t 150 -n postgres 2>&1 | grep -E 'processed|failed'
ask <<'S'
select count(*), sum(abalance) = (select sum(bbalance) from pgbench_branches) from pgbench_accounts;
select n % 7 as k, count(*), sum(n), md5(string_agg(n::text, ',' order by n)) from generate_series(1, 20000) n group by 1 order by 1;
select count(*) from pgbench_accounts a join pgbench_accounts b on a.aid = b.aid where a.aid % 3 = 0;
create function factorial(n int) returns numeric language plpgsql as 'begin return case when n < 2 then 1 else n * factorial(n - 1) end; end';
select factorial(60);
select 1 / 0;
select regexp_replace(repeat('heap of memory ', 20), 'o(.)', '\1o', 'g') ~ 'fo m', jsonb_build_object('a', array[1, 2, 3]) @> '{"a": [2]}';
vacuum analyze pgbench_accounts;
S
kill -INT $server
wait $server
echo "exit code $?"
! grep -E 'PANIC|signal [0-9]+:|was terminated' "$cluster/log"

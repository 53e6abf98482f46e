# A master and its workers: pages are served while the configuration is read again, and the end is graceful.
root=$PWD/nginx-root
rm -rf "$root" && mkdir -p "$root/pages" "$root/temporary" && chmod -R 777 "$root"
for ((i = 0; i < 20; i++)); do seq $i $((i * 300)) >"$root/pages/$i.txt"; done
cat >"$root/nginx.conf" <<S
daemon off; master_process on; worker_processes 2; pid $root/pid; error_log $root/error.log notice;
events { worker_connections 64; }
http {
  access_log off; gzip on; gzip_min_length 100; gzip_types text/plain;
  client_body_temp_path $root/temporary; proxy_temp_path $root/temporary; fastcgi_temp_path $root/temporary;
  uwsgi_temp_path $root/temporary; scgi_temp_path $root/temporary;
  server { listen unix:$root/socket; location / { root $root/pages; } location /again { rewrite ^/again/(.*) /\$1 last; }
    location /gone { return 410 "gone\n"; } }
}
S
get() { curl -s --max-time 60 --unix-socket "$root/socket" "$@"; }
pages() {
  for ((round = 0; round < 5; round++)); do
    get -H 'Accept-Encoding: gzip' "http://localhost/again/[0-19].txt" -o /dev/null -w '%{http_code} '
    get "http://localhost/[0-19].txt" | sha256sum
  done
  get http://localhost/gone
}
"$@" nginx -c "$root/nginx.conf" -p "$root/" 2>/dev/null &
master=$!
until [ -S "$root/socket" ] && get -o /dev/null http://localhost/gone; do kill -0 $master || exit 1; done
pages
workers=$(cat /proc/$master/task/$master/children)
kill -HUP $master
for worker in $workers; do while kill -0 "$worker" 2>/dev/null; do sleep 0.05; done; done
pages
kill -QUIT $master
wait $master
echo "exit code $?"
! grep -E 'alert|crit|emerg|exited on signal' "$root/error.log"

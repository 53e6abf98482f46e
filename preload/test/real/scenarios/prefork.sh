# python3 PREFIX...: questions to the workers of prefork.py, before, while and after they are replaced.
python=$1
shift
here=$(dirname "$0")
socket=$PWD/prefork-socket
rm -f "$socket" "$socket.new"
export PYTHONHASHSEED=0 PYTHONMALLOC=malloc
"$@" "$python" "$here/prefork.py" "$socket" >prefork.log &
master=$!
while [ ! -S "$socket" ]; do kill -0 $master || exit 1; sleep 0.02; done
ask() { "$python" "$here/ask.py" "$socket" "$1"; }
ask 12
kill -HUP $master
ask 12
kill -TERM $master
wait $master
echo "exit code $?"
cat prefork.log

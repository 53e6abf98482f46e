# Servers with workers that are forked beforehand, and one whose code is made at run time.
needs nginx nginx curl && real nginx follow=children least=4 bash scenarios/nginx.sh @
python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null)
needs "python3 that forks workers" "${python:-python3}" && real "python3 that forks workers" follow=children least=4 bash scenarios/prefork.sh "$python" @
node=$(command -v node) && node=$(node -p process.execPath)
needs "node as HTTP server" "${node:-node}" && real "node as HTTP server" code=6 "losses=$jit" @ "$node" scenarios/http.mjs

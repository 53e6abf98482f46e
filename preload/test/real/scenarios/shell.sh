# bash with functions, arrays, here documents, subshells and pipes.
cat >shell-work.sh <<'S'
declare -A seen
fib() { local n=$1; if ((n < 2)); then echo "$n"; else echo $(($(fib $((n - 1))) + $(fib $((n - 2))))); fi; }
for ((i = 0; i < 3000; i++)); do seen[k$((i * 7919 % 1009))]+="$i,"; done
echo "${#seen[@]} ${seen[k5]}"
echo "fib $(fib 7)"
printf '%s\n' "${!seen[@]}" | sort | head -n 3
while read -r a b; do total=$((total + a * b)); done <<<"$(for i in {1..200}; do echo "$i $((i + 1))"; done)"
echo "$total"
trap 'echo leaving' EXIT
kill -USR1 $$ 2>/dev/null
exit 9
S
"$@" bash -c 'trap "echo usr1" USR1; . ./shell-work.sh'
code=$?
echo "exit code $code"

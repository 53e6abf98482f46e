# A repository is made, cloned, changed, packed and checked.
export GIT_AUTHOR_DATE='2024-01-02T03:04:05Z' GIT_COMMITTER_DATE='2024-01-02T03:04:05Z' GIT_CONFIG_NOSYSTEM=1 HOME=$PWD
export GIT_CONFIG_COUNT=4 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=t GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=t@localhost \
  GIT_CONFIG_KEY_2=pack.threads GIT_CONFIG_VALUE_2=1 GIT_CONFIG_KEY_3=init.defaultBranch GIT_CONFIG_VALUE_3=main
rm -rf repository clone
git=("$@" git)
"${git[@]}" init -q repository
for ((i = 1; i <= 6; i++)); do
  seq $((i * 3)) $((i * 5 + 400)) >repository/file
  mkdir -p "repository/d$i" && cp repository/file "repository/d$i/copy"
  "${git[@]}" -C repository add -A && "${git[@]}" -C repository commit -q -m "change $i"
done
"${git[@]}" clone -q --no-local repository clone 2>&1
"${git[@]}" -C clone log -p --stat | sha256sum
"${git[@]}" -C clone gc -q --prune=now && "${git[@]}" -C clone fsck --strict 2>&1
"${git[@]}" -C clone blame d3/copy | sha256sum
"${git[@]}" -C clone rev-parse HEAD
"${git[@]}" -C clone checkout -q nowhere
echo "exit code $?"

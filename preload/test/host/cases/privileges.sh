# Set-user-id programs, and a file system that nothing can be written to.
if [ "$(id -u)" = 0 ]; then
  as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
  cp "$programs/busy" "$work/setuid" && chmod 4755 "$work/setuid"
  same "set-user-id" $as_nobody @ "$work/setuid" 150 && recorded "set-user-id" 0
  same "set-user-id without new privileges" $as_nobody --no-new-privs @ "$work/setuid" 150 &&
    recorded "set-user-id without new privileges" 1
  if have setcap && cp "$programs/busy" "$work/capable" && setcap cap_net_bind_service+ep "$work/capable" 2>/dev/null; then
    same "file capabilities" $as_nobody @ "$work/capable" 150 && recorded "file capabilities" 0
  else
    skip "file capabilities" "setcap does not work here"
  fi
  if unshare -m true 2>/dev/null; then
    same "read-only root" unshare -m sh -c 'mount -o remount,ro,bind / 2>/dev/null || mount --bind / / && mount -o remount,ro,bind / ; exec "$@"' \
      sh @ HEAPHOUND_OUTPUT=/never.hh "$programs/busy" 150
  else
    skip "read-only root" "no mount name spaces here"
  fi
else
  skip "set-user-id programs" "needs root"
fi

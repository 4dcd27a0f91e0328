#!/bin/sh
# Takes the rows of the server in this pod to the object store, once a day: all tables as they were at one time.
# Environment: MANAGEMENT, the interface of the server; DATA, its folder of tables; TO, where backups go, as rclone has
# it; HOUR in UTC; DAYS for which they are kept; POD_NAME. ONCE=1 takes one at once and ends.
#
# Tables are made of files that never change and whose names never come back, so each is sent once. A backup is a list
# of files, below lists/; it comes last, so one that has a list is whole. Files that no list names any more go.
set -u

say() { echo "backup: $*"; }

take() {
  name=backup-$(date -u +%Y%m%d-%H%M%S)
  place=$TO/$POD_NAME
  wget -q -O- --post-data '' "$MANAGEMENT/api/v0/ops/node/snapshots?snapshot_name=$name" >/dev/null || {
    say "the server took no snapshot"
    return 1
  }
  failed=0
  list=/tmp/$name
  (cd "$DATA" && find . -path "*/snapshots/$name/*" -type f) | sed 's#^\./##' >"$list"
  : >"$list.files"
  while read -r file; do
    table=${file%%/snapshots/*}
    part=${file##*/snapshots/"$name"/}
    case $part in
      # What differs in each snapshot.
      manifest.json) ;;
      schema.cql) rclone copyto "$DATA/$file" "$place/schemas/$name/$table.cql" || failed=1 ;;
      *)
        rclone copyto --ignore-existing "$DATA/$file" "$place/files/$table/$part" || failed=1
        echo "$table/$part" >>"$list.files"
        ;;
    esac
  done <"$list"
  if [ $failed -eq 0 ]; then rclone copyto "$list.files" "$place/lists/$name" || failed=1; fi
  find "$DATA" -type d -path "*/snapshots/$name" -prune -exec rm -rf {} +
  rm -f "$list" "$list.files"
  if [ $failed -ne 0 ]; then
    say "$name is not whole"
    return 1
  fi
  say "$name is in $place"
  forget "$place"
}

forget() {
  rclone delete --min-age "${DAYS}d" "$1/lists"
  rclone cat "$1/lists" | sort -u >/tmp/wanted || return 1
  rclone lsf --recursive --files-only "$1/files" | sort >/tmp/there || return 1
  comm -23 /tmp/there /tmp/wanted >/tmp/gone
  if [ -s /tmp/gone ]; then rclone delete --files-from /tmp/gone "$1/files"; fi
  rm -f /tmp/wanted /tmp/there /tmp/gone
}

if [ "${ONCE:-0}" = 1 ]; then
  take
  exit $?
fi
while true; do
  now=$(date -u +%s)
  sleep $((86400 - (now - HOUR * 3600) % 86400))
  take || true
done

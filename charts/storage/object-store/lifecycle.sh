#!/bin/sh
# Has objects go that are as old as the lifecycle of their bucket says.
#
# MASTERS, FILER, S3_GRPC   where the store is
set -eu
said=$(mktemp)
# The command ends with 0 even where it fails: what it says tells.
echo "s3.lifecycle.run-shard -shards 0-15 -events 0 -runtime 6h -s3 $S3_GRPC" |
  weed shell -master="$MASTERS" -filer="$FILER" >"$said" 2>&1 || true
cat "$said"
grep -q 'shards 0-15 complete' "$said"

#!/bin/sh
# Builds an image and pushes it by its digest, which it leaves for the steps that follow.
#   build.sh FILE [argument of buildctl build…]
set -eu
file=$1
shift
buildctl-daemonless.sh build --metadata-file "$file.json" "$@"
digest=$(sed -n 's/.*"containerimage.digest": *"\(sha256:[0-9a-f]\{64\}\)".*/\1/p' "$file.json")
[ -n "$digest" ] || {
  echo "build.sh: BuildKit names no digest in $file.json" >&2
  exit 1
}
printf %s "$digest" >"$file"

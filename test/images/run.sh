#!/usr/bin/env bash
# Resolves the jars of images/spark and images/hive from Maven and runs Spark with exactly these: test/images/run.sh [argument of pytest…]
# With --write first, the lists are made anew; without, a list that differs fails.
# Needs Java 17 or 21, Python 3.11, Maven and Node.js; about 1 GB of jars is kept where Maven keeps them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=test/spark/environment.sh
. "$root/test/spark/environment.sh"

need test:images
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
  fail "$python is not the Python of the images" 'install Python 3.11, or name it in PYTHON'
mvn --version >/dev/null 2>&1 || fail 'there is no Maven' 'install Maven 3.8 or newer'
environment "$here/requirements.txt"
store=$environment
environment "$root/charts/processing/spark/examples/requirements.txt"

# The libraries of jobs, as the image has them.
key=$(sha256sum <"$root/images/spark/requirements.txt" | cut -c 1-16)
libraries=$cache/libraries-$key
if [ ! -d "$libraries" ]; then
  made=$(mktemp -d "$cache/making-XXXXXX")
  trap 'rm -rf "$made"' EXIT
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --only-binary :all: --target "$made" --requirement "$root/images/spark/requirements.txt"
  mv "$made" "$libraries"
fi

write=()
if [ "${1:-}" = --write ]; then
  write=(--write)
  shift
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$root/bin/run.js" "$here/coordinates.ts" >"$work/matrix.json"
"$environment/bin/python" -B "$here/resolve.py" "${write[@]}" --matrix "$work/matrix.json" --work "$work" \
  --images "$root/images"

cd "$here"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$libraries MATRIX=$work/matrix.json STORE_PYTHON=$store/bin/python
"$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=1700 -o faulthandler_exit_on_timeout=true "$@"

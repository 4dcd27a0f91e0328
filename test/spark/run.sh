#!/usr/bin/env bash
# Runs the tests of the Spark example with the real Spark: test/spark/run.sh [argument of pytest…]
# Needs Java 17 or 21 and Python 3.10 or newer. Packages go to a virtual environment in the user's cache, which is
# made once for each Python and each set of requirements; nothing is written to the repository.
set -euo pipefail
cd "$(dirname "$0")/../../charts/processing/spark/examples"

fail() {
  printf 'test:spark: %s\n  remedy: %s\n' "$1" "$2" >&2
  exit 1
}
python=${PYTHON:-python3}
"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
  fail "$python is no Python 3.10 or newer with venv" 'install one, or name it in PYTHON'
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -version >/dev/null 2>&1 ||
  fail 'there is no Java' 'install Java 17 or 21, or name its folder in JAVA_HOME'

cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport
key=$("$python" - <<'PYTHON'
import hashlib, pathlib, sys

requirements = pathlib.Path("requirements.txt").read_bytes()
print(hashlib.sha256(requirements + f"{sys.version} {sys.executable}".encode()).hexdigest()[:16])
PYTHON
)
environment=$cache/spark-$key
if [ ! -d "$environment" ]; then
  mkdir -p "$cache"
  # Made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
  made=$(mktemp -d "$cache/making-XXXXXX")
  trap 'rm -rf "$made"' EXIT
  "$python" -m venv "$made"
  "$made/bin/python" -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
  [ -d "$environment" ] || mv "$made" "$environment"
fi

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=1200 -o faulthandler_exit_on_timeout=true "$@"

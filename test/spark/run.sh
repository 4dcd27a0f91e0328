#!/usr/bin/env bash
# Runs the tests of the Spark example with the real Spark: test/spark/run.sh [argument of pytest…]
# Needs Java 17 or 21 and Python 3.10 or newer.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/spark/environment.sh
. "$here/environment.sh"
cd "$here/../../charts/processing/spark/examples"

need test:spark
environment requirements.txt

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=1200 -o faulthandler_exit_on_timeout=true "$@"

#!/usr/bin/env bash
# Runs the examples of Spark, the server of Spark Connect and the listener of lineage with the real Spark:
#   test/spark/run.sh [argument of pytest…]
# Needs Java 17 or 21, Python 3.10 or newer, Node.js, and Maven Central for the jars of tables, once; what listens is on loopback and ends with the run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/spark/environment.sh
. "$here/environment.sh"
examples=$here/../../charts/processing/spark/examples

need test:spark

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
run() {
  PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
    -o faulthandler_timeout=1200 -o faulthandler_exit_on_timeout=true "$@"
}
environment "$examples/requirements.txt"
spark_home tables
(cd "$examples" && run "$@")
environment "$here/requirements.txt"
spark_home tables
(cd "$here" && run "$@")

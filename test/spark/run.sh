#!/usr/bin/env bash
# Runs with the real Spark its examples, or the server of Spark Connect and the listener of lineage:
#   test/spark/run.sh examples|servers [argument of pytest…]
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
case ${1:-} in
  examples)
    environment "$examples/requirements.txt"
    tests=$examples
    ;;
  servers)
    environment "$here/requirements.txt"
    tests=$here
    ;;
  *)
    echo 'test/spark/run.sh: say examples or servers' >&2
    exit 2
    ;;
esac
shift
spark_home tables
cd "$tests"
run "$@"

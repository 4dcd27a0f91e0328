#!/usr/bin/env bash
# Runs the real Cassandra with what lakeport renders for it: test/serving/run.sh [argument of pytest…].
# Needs Java 17, Maven, OpenSSL, rclone, Node.js and Python 3.10 or newer; all servers are on loopback and end with the
# run. Packages go to the user's cache, once for each set of requirements.
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=test/kafka/environment.sh
. ../kafka/environment.sh
# shellcheck source=test/spark/environment.sh
. ../spark/environment.sh

need test:serving
for program in mvn openssl node rclone; do
  command -v "$program" >/dev/null || fail "there is no $program" 'install it'
done
environment requirements.txt
CASSANDRA_JARS=$(jars cassandra)
export CASSANDRA_JARS

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true "$@"

#!/usr/bin/env bash
# Runs the real metastore with what lakeport renders for it, Spark against it, and the engine of Hive: test/hive/run.sh
# [argument of pytest…]. Needs a JDK 17, Maven, PostgreSQL (initdb, postgres, psql), OpenSSL, Node.js and Python 3.10 or
# newer; all servers are on loopback and end with the run. Packages go to the user's cache.
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=test/kafka/environment.sh
. ../kafka/environment.sh
# shellcheck source=test/spark/environment.sh
. ../spark/environment.sh

need test:hive
need_kafka test:hive
for program in initdb postgres psql; do
  command -v "$program" >/dev/null || fail "there is no $program" 'install PostgreSQL 15 or newer, and have its programs on PATH'
done
environment requirements.txt
spark_home tables
HIVE_JARS=$(jars server)
CATALOG_JARS=$(jars catalog)
export HIVE_JARS CATALOG_JARS

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true "$@"

#!/usr/bin/env bash
# Runs the real metastore with what lakeport renders for it, and Spark, Trino and the engine of Hive on its tables in a store
# that speaks S3: test/hive/run.sh [argument of pytest…]. Needs Linux with user namespaces, a JDK 17 and a JDK 25, Maven,
# PostgreSQL (initdb, postgres, psql), OpenSSL, curl, Node.js and Python 3.10 or newer; all servers are on loopback and end
# with the run. Packages go to the user's cache.
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=test/kafka/environment.sh
. ../kafka/environment.sh
# shellcheck source=test/spark/environment.sh
. ../spark/environment.sh
# shellcheck source=test/trino/environment.sh
. ../trino/environment.sh

need test:hive
need_kafka test:hive
for program in initdb postgres psql; do
  command -v "$program" >/dev/null || fail "there is no $program" 'install PostgreSQL 15 or newer, and have its programs on PATH'
done
# Trino wants a newer Java than the others.
TRINO_JAVA_HOME=$(need_trino test:hive && printf '%s' "$JAVA_HOME")
environment requirements.txt
spark_home tables s3
HIVE_JARS=$(jars server)
CATALOG_JARS=$(jars catalog)
FETCHED_JARS=$(image_jars hive database s3)
trino_jars
export HIVE_JARS CATALOG_JARS FETCHED_JARS TRINO_JAVA_HOME
PYTHONPATH=$(cd ../support && pwd)
export PYTHONPATH

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true "$@"

#!/usr/bin/env bash
# Runs the real Kafka with what lakeport renders for it, and the streaming job against it: test/kafka/run.sh
# [argument of pytest…]. Needs a JDK 17 or newer, Maven, OpenSSL, Node.js and Python 3.10 or newer; all servers are on
# loopback and end with the run. Packages go to the user's cache, once for each set of requirements.
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=test/kafka/environment.sh
. ./environment.sh
# shellcheck source=test/spark/environment.sh
. ../spark/environment.sh

need test:kafka
need_kafka test:kafka
environment requirements.txt
spark_home tables
KAFKA_JARS=$(jars server)
STREAM_JARS=$(jars client)
SINK_JARS=$(jars ../../charts/processing/kafka/iceberg-sink)
export KAFKA_JARS STREAM_JARS SINK_JARS

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true "$@"

#!/usr/bin/env bash
# Runs the real Trino with what lakeport renders for it: test/trino/run.sh [argument of pytest…]
# Needs a JDK 25, Maven, OpenSSL, curl, Node.js and Python 3.10 or newer; all servers are on loopback and end with the
# run. Packages go to the user's cache: 900 MB of jars.
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=test/trino/environment.sh
. ./environment.sh
# shellcheck source=test/spark/environment.sh
. ../spark/environment.sh

need test:trino
need_trino test:trino
environment requirements.txt
trino_jars

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=1800 -o faulthandler_exit_on_timeout=true "$@"

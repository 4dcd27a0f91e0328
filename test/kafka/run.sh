#!/usr/bin/env bash
# Runs the real Kafka with what lakeport renders for it, and the streaming job against it: test/kafka/run.sh
# [argument of pytest…]. Needs a JDK 17 or newer, Maven, OpenSSL, Node.js and Python 3.10 or newer; all servers are on
# loopback and end with the run. Packages go to the user's cache, once for each set of requirements.
set -euo pipefail
cd "$(dirname "$0")"

fail() {
  printf 'test:kafka: %s\n  remedy: %s\n' "$1" "$2" >&2
  exit 1
}
python=${PYTHON:-python3}
"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
  fail "$python is no Python 3.10 or newer with venv" 'install one, or name it in PYTHON'
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" -version >/dev/null 2>&1 ||
  fail 'there is no JDK' 'install Java 17 or newer with its compiler, or name its folder in JAVA_HOME'
for program in mvn openssl node; do
  command -v "$program" >/dev/null || fail "there is no $program" "install it"
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport
mkdir -p "$cache"
# Each is made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
made=$(mktemp -d "$cache/making-XXXXXX")
trap 'rm -rf "$made"' EXIT
digest() { cat "$@" | sha256sum | cut -c1-16; }

environment=$cache/kafka-$(digest requirements.txt <("$python" -c 'import sys; print(sys.version, sys.executable)'))
if [ ! -d "$environment" ]; then
  "$python" -m venv "$made/environment"
  "$made/environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
  mv -T "$made/environment" "$environment" 2>/dev/null || [ -d "$environment" ]
fi
jars() {
  local name=${1##*/} folder
  folder=$cache/kafka-$name-$(digest "$1/pom.xml")
  if [ ! -d "$folder" ]; then
    mvn --quiet --batch-mode -Dstyle.color=never --file "$1/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$made/$name" >&2
    mv -T "$made/$name" "$folder" 2>/dev/null || [ -d "$folder" ]
  fi
  printf '%s' "$folder"
}
KAFKA_JARS=$(jars server)
STREAM_JARS=$(jars client)
SINK_JARS=$(jars ../../charts/processing/kafka/iceberg-sink)
export KAFKA_JARS STREAM_JARS SINK_JARS

# Neither compiled files nor pytest's cache beside the sources; a test that hangs tells where, and ends the run.
PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -p no:cacheprovider \
  -o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true "$@"

#!/bin/sh
# Runs before a worker is stopped: it takes no more tasks, ends those that it has, and exits by itself. Where the node
# goes sooner, tasks are run again elsewhere.
set -u
: "${PORT:=8080}"
until curl --silent --fail --max-time 5 -X PUT -H 'Content-Type: application/json' -d '"SHUTTING_DOWN"' \
  "http://localhost:$PORT/v1/info/state" >/dev/null; do
  # A server that is not there any more needs no word.
  curl --silent --max-time 5 "http://localhost:$PORT/v1/info" >/dev/null || exit 0
  sleep 1
done
while curl --silent --max-time 5 "http://localhost:$PORT/v1/info" >/dev/null; do sleep 1; done

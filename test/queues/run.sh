#!/usr/bin/env bash
# Runs the scheduler core of YuniKorn, without a cluster, on the queues that a site renders: test/queues/run.sh [site]
# Needs Go 1.25 or newer. Nothing listens. Modules and what is built of them go to the caches of Go.
set -euo pipefail
cd "$(dirname "$0")/../.."

queues=$(mktemp)
trap 'rm -f "$queues"' EXIT
node bin/run.js test/queues/render.ts "${1:-aws}" >"$queues"
cd test/queues
CGO_ENABLED=0 GOFLAGS='-trimpath -buildvcs=false -mod=readonly' GOWORK=off QUEUES=$queues go test -count=1 -timeout=300s ./...

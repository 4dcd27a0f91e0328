#!/usr/bin/env bash
# Runs the real Cube with the configuration of dist over a real PostgreSQL: test/data-api/run.sh [argument of jest…]
# Needs Linux on x64, npm, openssl and PostgreSQL on PATH; packages go to the user's cache, nothing to the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=test/data-api/environment.sh
. test/data-api/environment.sh

need_data_api test:data-api
DATA_API_PROGRAMS=$(data_api_programs)
export DATA_API_PROGRAMS
exec npx jest --roots test/data-api --testPathIgnorePatterns /node_modules/ --runInBand --verbose "$@"

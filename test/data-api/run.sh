#!/usr/bin/env bash
# Runs the real Cube with the configuration of dist over a real PostgreSQL: test/data-api/run.sh [argument of jest…]
# Needs Linux on x64, npm, openssl and PostgreSQL on PATH; packages go to the user's cache, nothing to the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."

for program in npm openssl postgres initdb psql; do
  command -v "$program" >/dev/null || {
    printf 'test:data-api: there is no %s\n  remedy: install it\n' "$program" >&2
    exit 1
  }
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport
folder=$cache/data-api-$(sha256sum <test/data-api/programs/package.json | cut -c1-16)
if [ ! -d "$folder" ]; then
  mkdir -p "$cache"
  # Made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
  made=$(mktemp -d "$cache/making-XXXXXX")
  cp test/data-api/programs/package.json "$made/"
  # Its scripts would fetch what no registry has.
  npm install --prefix "$made" --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error >&2 || { rm -rf "$made"; exit 1; }
  mv -T "$made" "$folder" 2>/dev/null || rm -rf "$made"
fi
DATA_API_PROGRAMS=$folder exec npx jest --roots test/data-api --testPathIgnorePatterns /node_modules/ --runInBand --verbose "$@"

#!/usr/bin/env bash
# Lints and tests what JupyterHub and notebooks run of ours, with the real JupyterHub, proxy and Spark:
# test/jupyterhub/run.sh [argument of pytest…]
# Needs Python 3.10 or newer, Java 17 or 21 and npm; packages go to the user's cache, nothing to the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."

{
  read -r bin
  read -r proxy
  read -r packages
} < <(node bin/run.js test/cluster/notebooks/install.ts)
[ -n "${packages:-}" ] || exit 1

sources=(charts/processing/jupyterhub test/jupyterhub test/cluster/notebooks)
rules=(--line-length 120 --no-cache)
"$bin/ruff" check "${rules[@]}" --select B,E,F,I,UP,W "${sources[@]}"
"$bin/ruff" format "${rules[@]}" --check "${sources[@]}"

export PATH="$bin:$PATH" CONFIGURABLE_HTTP_PROXY="$proxy" PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH="$PWD/charts/processing/jupyterhub/hub:$PWD/charts/processing/jupyterhub/notebook:$packages"
exec "$bin/python" -m pytest -p no:cacheprovider test/jupyterhub \
  -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true "$@"

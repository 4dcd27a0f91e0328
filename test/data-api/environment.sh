# Sourced by the tests that run Cube. Installs its packages, once for each list of them, into the user's cache.
#   need_data_api NAME   checks the programs; NAME is the test that asks
#   data_api_programs    prints the folder with the packages

need_data_api() {
  local program
  for program in npm openssl postgres initdb psql; do
    command -v "$program" >/dev/null || {
      printf '%s: there is no %s\n  remedy: install it\n' "$1" "$program" >&2
      exit 1
    }
  done
}

data_api_programs() {
  local list cache folder made
  list=$(cd "$(dirname "${BASH_SOURCE[0]}")/programs" && pwd)/package.json
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport
  folder=$cache/data-api-$(sha256sum <"$list" | cut -c1-16)
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    # Made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
    made=$(mktemp -d "$cache/making-XXXXXX")
    cp "$list" "$made/"
    # Its scripts would fetch what no registry has.
    npm install --prefix "$made" --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error >&2 || { rm -rf "$made"; return 1; }
    mv -T "$made" "$folder" 2>/dev/null || rm -rf "$made"
  fi
  printf '%s' "$folder"
}

# Sourced by the tests that run Trino. Fetches jars with Maven, once for each POM and plugin, into the user's cache.
#   need_trino NAME   checks the programs and finds a JDK that is new enough; NAME is the test that asks
#   trino_jars        sets TRINO_JARS to the folder with the server's own jars, and TRINO_PLUGINS to those of its plugins

need_trino() {
  local program found
  for found in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
    [ -x "$found/bin/javac" ] && "$found/bin/java" -version 2>&1 | grep -qE 'version "(2[5-9]|[3-9][0-9])' || continue
    JAVA_HOME=$found
    export JAVA_HOME
    break
  done
  "${JAVA_HOME:-/none}/bin/java" -version 2>&1 | grep -qE 'version "(2[5-9]|[3-9][0-9])' || {
    printf '%s: there is no JDK 25\n  remedy: install Java 25 or newer with its compiler, and name its folder in JAVA_HOME\n' "$1" >&2
    exit 1
  }
  for program in mvn openssl node curl; do
    command -v "$program" >/dev/null || {
      printf '%s: there is no %s\n  remedy: install it\n' "$1" "$program" >&2
      exit 1
    }
  done
}

trino_jars() {
  local here plugin
  here=$(dirname "${BASH_SOURCE[0]}")
  TRINO_JARS=$(cd "$here" && fetched server)
  TRINO_PLUGINS=""
  for plugin in tpch iceberg hive exchange-filesystem; do
    TRINO_PLUGINS+="$plugin=$(cd "$here" && fetched plugin "$plugin") "
  done
  export TRINO_JARS TRINO_PLUGINS
}

fetched() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport folder made
  folder=$cache/trino-$1${2:+-$2}-$(sha256sum <"$1/pom.xml" | cut -c1-16)
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    # Made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
    made=$(mktemp -d "$cache/making-XXXXXX")
    mvn --quiet --batch-mode -Dstyle.color=never --file "$1/pom.xml" ${2:+-Dplugin="$2"} dependency:copy-dependencies \
      -DincludeScope=runtime -DoutputDirectory="$made" >&2 || { rm -rf "$made"; return 1; }
    mv -T "$made" "$folder" 2>/dev/null || rm -rf "$made"
  fi
  printf '%s' "$folder"
}

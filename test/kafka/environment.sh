# Sourced by the tests that run Kafka. Fetches jars with Maven, once for each POM, into the user's cache.
#   need_kafka NAME   checks the programs; NAME is the test that asks
#   jars FOLDER       prints the folder with the jars of a POM in it

need_kafka() {
  local program
  "${JAVA_HOME:+$JAVA_HOME/bin/}javac" -version >/dev/null 2>&1 || {
    printf '%s: there is no JDK\n  remedy: install Java 17 or newer with its compiler, or name its folder in JAVA_HOME\n' "$1" >&2
    exit 1
  }
  for program in mvn openssl node; do
    command -v "$program" >/dev/null || {
      printf '%s: there is no %s\n  remedy: install it\n' "$1" "$program" >&2
      exit 1
    }
  done
}

jars() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport folder made
  folder=$cache/kafka-${1##*/}-$(sha256sum <"$1/pom.xml" | cut -c1-16)
  if [ ! -d "$folder" ]; then
    mkdir -p "$cache"
    # Made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
    made=$(mktemp -d "$cache/making-XXXXXX")
    mvn --quiet --batch-mode -Dstyle.color=never --file "$1/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$made" >&2 || { rm -rf "$made"; return 1; }
    mv -T "$made" "$folder" 2>/dev/null || rm -rf "$made"
  fi
  printf '%s' "$folder"
}

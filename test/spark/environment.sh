# Sourced by the tests that run Spark. Makes the virtual environment of a file of requirements, once for each Python and
# each set of them, in the user's cache; nothing is written to the repository.
#   need NAME          checks Python and Java; NAME is the test that asks
#   environment FILE   sets `environment` to the folder that has what FILE lists
#   image_jars IMAGE LIST…   prints a folder with the jars of these lists of images/IMAGE, fetched as the image fetches
#                      them; MAVEN names another repository than Maven Central
#   spark_home LIST…   sets SPARK_HOME to a folder with the Spark of that environment and the jars of these lists of
#                      images/spark, as the image has them

fail() {
  printf '%s: %s\n  remedy: %s\n' "$name" "$1" "$2" >&2
  exit 1
}

need() {
  name=$1
  python=${PYTHON:-python3}
  "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    fail "$python is no Python 3.10 or newer with venv" 'install one, or name it in PYTHON'
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -version >/dev/null 2>&1 ||
    fail 'there is no Java' 'install Java 17 or 21, or name its folder in JAVA_HOME'
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakeport
}

# Takes a folder away at the end of the run, where it still is there. It is named now: at the end no function is left
# whose variable it could be.
clean_up() {
  # shellcheck disable=SC2064
  trap "rm -rf '$1'" EXIT
}

environment() {
  local key made
  key=$("$python" - "$1" <<'PYTHON'
import hashlib, pathlib, sys

requirements = pathlib.Path(sys.argv[1]).read_bytes()
print(hashlib.sha256(requirements + f"{sys.version} {sys.executable}".encode()).hexdigest()[:16])
PYTHON
  )
  environment=$cache/spark-$key
  [ ! -d "$environment" ] || return 0
  mkdir -p "$cache"
  # Made aside and renamed when it is whole, so that a run that is stopped leaves none that is half made.
  made=$(mktemp -d "$cache/making-XXXXXX")
  clean_up "$made"
  "$python" -m venv "$made"
  "$made/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$1"
  [ -d "$environment" ] || mv "$made" "$environment"
}

image_jars() {
  local images list jars made lists=()
  images=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../images/$1" && pwd)
  for list in "${@:2}"; do lists+=("$images/jars-$list.txt"); done
  jars=$cache/jars-$(cat "${lists[@]}" | sha256sum | cut -c 1-16)
  if [ ! -d "$jars" ]; then
    made=$(mktemp -d "$cache/making-XXXXXX")
    clean_up "$made"
    "$python" -B "$images/fetch_jars.py" --from "${MAVEN:-https://repo1.maven.org/maven2}" --to "$made" \
      "${lists[@]}" >/dev/null
    mv -T "$made" "$jars" 2>/dev/null || [ -d "$jars" ]
  fi
  printf '%s' "$jars"
}

spark_home() {
  local jars made
  jars=$(image_jars spark "$@")
  SPARK_HOME=$cache/spark-home-$(echo "$environment" "$jars" | sha256sum | cut -c 1-16)
  export SPARK_HOME
  [ ! -d "$SPARK_HOME" ] || return 0
  made=$(mktemp -d "$cache/making-XXXXXX")
  clean_up "$made"
  "$environment/bin/python" - "$made" "$jars" <<'PYTHON'
import pathlib, sys, pyspark

made, fetched = map(pathlib.Path, sys.argv[1:])
installed = pathlib.Path(pyspark.__path__[0])
(made / "bin").symlink_to(installed / "bin")
(made / "jars").mkdir()
for jar in [*(installed / "jars").iterdir(), *fetched.iterdir()]:
    (made / "jars" / jar.name).symlink_to(jar)
PYTHON
  mv -T "$made" "$SPARK_HOME" 2>/dev/null || [ -d "$SPARK_HOME" ]
}

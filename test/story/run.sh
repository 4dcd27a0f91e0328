#!/usr/bin/env bash
# Tells the story of the platform on this machine, with the real programs and what dist/onprem holds: test/story/run.sh
# Needs Linux with user namespaces, util-linux, iproute2, Node.js, Python 3.10 or newer, a JDK 17 and a JDK 25, Maven,
# PostgreSQL, curl and OpenSSL; 6 GB of memory and 4 GB below TMPDIR. Packages and jars (2 GB) are kept in the user's cache.
#   LAKEPORT_STORY_MB   size of the raw data in megabytes; 300 by default, and not below 20: jobs would be over before
#                       their executors can be lost
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=test/spark/environment.sh
. "$root/test/spark/environment.sh"
# shellcheck source=test/kafka/environment.sh
. "$root/test/kafka/environment.sh"
# shellcheck source=test/trino/environment.sh
. "$root/test/trino/environment.sh"
# shellcheck source=test/data-api/environment.sh
. "$root/test/data-api/environment.sh"

need story
need_kafka story
need_data_api story
# Trino wants a newer Java than the others.
TRINO_JAVA_HOME=$(need_trino story && printf '%s' "$JAVA_HOME")
LAKEPORT_STORY_MB=${LAKEPORT_STORY_MB:-300}
[[ $LAKEPORT_STORY_MB =~ ^[1-9][0-9]{1,4}$ && $LAKEPORT_STORY_MB -ge 20 ]] ||
  fail "LAKEPORT_STORY_MB is \"$LAKEPORT_STORY_MB\"" 'write a whole number of megabytes, 20 to 99999'
# Nothing but loopback, names of their own and processes that end with the first: no port of this machine is taken, the
# names and ports of the site hold, and nothing is left behind.
alone=(unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc)
"${alone[@]}" ip link show lo >/dev/null 2>&1 ||
  fail 'there are no user namespaces, or there is no unshare or ip' \
    'allow user namespaces (sysctl user.max_user_namespaces), and install util-linux and iproute2'

environment "$here/requirements.txt"
spark_home tables s3
KAFKA_JARS=$(jars "$root/test/kafka/server")
STREAM_JARS=$(jars "$root/test/kafka/client")
trino_jars
DATA_API_PROGRAMS=$(data_api_programs)
export KAFKA_JARS STREAM_JARS LAKEPORT_STORY_MB TRINO_JAVA_HOME DATA_API_PROGRAMS

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node "$root/bin/run.js" "$here/site.ts" onprem >"$work/site.json"
{
  echo "127.0.0.1 localhost $(uname -n)"
  # Where the site's own addresses lead.
  echo '127.0.0.1 object-store.object-store.svc bootstrap.kafka.svc'
} >"$work/hosts"
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here:$root/test/kafka:$root/test/support
# A run that hangs ends.
timeout --foreground --kill-after=10 45m "${alone[@]}" bash -euc '
  ip link set lo up
  mount --bind "$1/hosts" /etc/hosts
  "$2" "$3" "$1/site.json" "$1"
' - "$work" "$environment/bin/python" "$here/story.py"

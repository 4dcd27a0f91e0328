#!/bin/bash
# Makes keyspace, tables and rights, file by file in the order of their names; run again it changes nothing.
# Environment: HOST, PORT; SSL_CERTFILE, the authority of the servers; USERNAME and PASSWORD of who may do everything.
set -euo pipefail
for file in /etc/set-up/*.cql; do
  echo "set-up: ${file##*/}"
  /opt/cassandra/bin/cqlsh --ssl --request-timeout=60 --username "$USERNAME" --password "$PASSWORD" \
    --file "$file" "$HOST" "$PORT"
done

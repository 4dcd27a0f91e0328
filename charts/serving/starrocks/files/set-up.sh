#!/bin/bash
# Makes accounts and tables. Run again it changes nothing but passwords that were changed in their Secrets.
# Environment: HOST, PORT; ROOT_PASSWORD, LOADER_PASSWORD, READER_PASSWORD, KAFKA_PASSWORD (may be empty);
# FILES, the folder of the statements.
set -euo pipefail

run() { mysql --connect-timeout=10 --host="$HOST" --port="$PORT" --user=root --batch --skip-column-names "$@"; }

# The first frontend begins with a root that has no password; everything else waits for the one that it gets here.
MYSQL_PWD='' run --execute="SET PASSWORD = PASSWORD('$ROOT_PASSWORD')" 2>/dev/null || true
export MYSQL_PWD=$ROOT_PASSWORD

# One file after the other, in the order of their names. What stands between @ is a secret of the environment.
for file in "$FILES"/*.sql; do
  text=$(<"$file")
  for secret in LOADER_PASSWORD READER_PASSWORD KAFKA_PASSWORD; do
    text=${text//@$secret@/${!secret-}}
  done
  printf '%s\n' "set-up: ${file##*/}"
  case $file in
    # Streams know no IF NOT EXISTS.
    */30-stream.sql) [[ -n $(run --execute='SHOW ROUTINE LOAD FOR lake.trips_live' 2>/dev/null) ]] || run <<<"$text" ;;
    *) run <<<"$text" ;;
  esac
done

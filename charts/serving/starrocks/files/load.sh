#!/bin/bash
# Loads the files of the presentation bucket into the table of the example, as the loader.
# Environment: HOST, PORT, MYSQL_PWD; FROM, the URI of the files; PROPERTIES, how they are reached, as FILES() takes it.
set -euo pipefail
mysql --connect-timeout=10 --host="$HOST" --port="$PORT" --user=loader --batch <<SQL
INSERT INTO lake.trips_hourly (zone, pickup_date, hour, trips, revenue, mean_duration_s, mean_speed_kmh)
SELECT zone, pickup_date, hour, trips, revenue, mean_duration_s, mean_speed_kmh
FROM FILES("path" = "$FROM", "format" = "parquet", $PROPERTIES);
SQL

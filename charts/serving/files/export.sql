-- Exports the presentation table of the example as it is now, as plain files of Parquet, for databases that read no Delta.
-- A run replaces what the last one left. :presentation is the bucket, which lakeport gives to statements.
DECLARE OR REPLACE VARIABLE export STRING;
SET VAR export = concat(
  'INSERT OVERWRITE DIRECTORY ''', :presentation, 'serving/trips'' USING parquet ',
  'SELECT zone, cast(pickup_date AS string) AS pickup_date, hour, trips, cast(revenue AS decimal(20, 2)) AS revenue, ',
  'mean_duration_s, mean_speed_kmh FROM delta.`', :presentation, 'medallion/trips`'
);
EXECUTE IMMEDIATE export;

-- Hours of trips by zone, as the presentation layer has them: loaded by the hour's key, so that a day can be loaded again.
CREATE TABLE IF NOT EXISTS lake.trips_hourly (
  zone INT NOT NULL,
  pickup_date DATE NOT NULL,
  hour INT NOT NULL,
  trips BIGINT,
  revenue DECIMAL(20, 2),
  mean_duration_s DOUBLE,
  mean_speed_kmh DOUBLE
)
PRIMARY KEY (zone, pickup_date, hour)
DISTRIBUTED BY HASH (zone);

-- Single trips, as they come by the topic.
CREATE TABLE IF NOT EXISTS lake.trips_live (
  trip_id VARCHAR(64) NOT NULL,
  zone INT,
  pickup_at DATETIME,
  dropoff_at DATETIME,
  distance_km DOUBLE,
  fare DOUBLE
)
PRIMARY KEY (trip_id)
DISTRIBUTED BY HASH (trip_id);

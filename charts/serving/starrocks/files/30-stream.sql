-- Loads the topic of the example as long as the site stands, each message once.
CREATE ROUTINE LOAD lake.trips_live ON trips_live
COLUMNS (trip_id, zone, pickup_at, dropoff_at, distance_km, fare)
PROPERTIES (
  "desired_concurrent_number" = "3",
  "format" = "json",
  "jsonpaths" = "[\"$.trip_id\", \"$.zone\", \"$.pickup_at\", \"$.dropoff_at\", \"$.distance_km\", \"$.fare\"]"
)
FROM KAFKA (
  "kafka_broker_list" = "{{brokers}}",
  "kafka_topic" = "{{topic}}",
  "property.kafka_default_offsets" = "OFFSET_BEGINNING",
  "property.group.id" = "{{user}}.trips",
  "property.security.protocol" = "SASL_SSL",
  "property.ssl.ca.location" = "{{authority}}",
  "property.sasl.mechanism" = "SCRAM-SHA-512",
  "property.sasl.username" = "{{user}}",
  "property.sasl.password" = "@KAFKA_PASSWORD@"
);

"""Loads the tables of the example with Spark: what the presentation layer has, or what comes by the topic.

    load.py batch  --hosts HOST[,HOST…] --authority FILE --from URI
    load.py stream --hosts HOST[,HOST…] --authority FILE --brokers HOST:PORT --topic TOPIC --checkpoint URI

Environment: CASSANDRA_USERNAME and CASSANDRA_PASSWORD of the loader; for a stream also KAFKA_JAAS and KAFKA_CA.
Needs the package cassandra-driver in the image of Spark. A row is written by its key: who writes it again changes nothing.
"""

import argparse
import os
import ssl
from collections.abc import Iterable, Mapping

TABLES = {
    "trips_hourly": ("zone", "pickup_date", "hour", "trips", "revenue", "mean_duration_s", "mean_speed_kmh"),
    "trips_live": ("trip_id", "zone", "pickup_at", "dropoff_at", "distance_km", "fare"),
}
TRIP = "trip_id string, zone int, pickup_at timestamp, dropoff_at timestamp, distance_km double, fare double"


def connect(hosts: str, authority: str, port: int = 9042):
    """A session of the loader; servers must have a certificate of the authority. The caller shuts its cluster down."""
    from cassandra.auth import PlainTextAuthProvider
    from cassandra.cluster import Cluster

    tls = ssl.create_default_context(cafile=authority)
    # Servers are found by their addresses, which no certificate has.
    tls.check_hostname = False
    login = PlainTextAuthProvider(os.environ["CASSANDRA_USERNAME"], os.environ["CASSANDRA_PASSWORD"])
    servers = Cluster(
        hosts.split(","), port=port, auth_provider=login, ssl_context=tls, connect_timeout=30, control_connection_timeout=30
    )
    return servers.connect("lake")


def write(session, table: str, rows: Iterable[Mapping[str, object]], at_once: int = 64) -> int:
    """Writes rows, many at a time, each confirmed by two of three copies; returns how many. Raises for one that fails."""
    from cassandra import ConsistencyLevel
    from cassandra.concurrent import execute_concurrent_with_args

    columns = TABLES[table]
    marks = ", ".join("?" for _ in columns)
    statement = session.prepare(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})")
    statement.consistency_level = ConsistencyLevel.LOCAL_QUORUM
    values = [tuple(row[column] for column in columns) for row in rows]
    execute_concurrent_with_args(session, statement, values, concurrency=at_once, raise_on_first_error=True)
    return len(values)


def write_partition(options: argparse.Namespace, table: str):
    """What an executor does with its part of the rows: one connection for all of them."""

    def run(rows) -> None:
        session = connect(options.hosts, options.authority)
        try:
            write(session, table, (row.asDict() for row in rows))
        finally:
            session.cluster.shutdown()

    return run


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line; exits with code 2 and one message where it is wrong."""
    parser = argparse.ArgumentParser(prog="load.py")
    modes = parser.add_subparsers(dest="mode", required=True)
    for mode, names in (("batch", ("from",)), ("stream", ("brokers", "topic", "checkpoint"))):
        own = modes.add_parser(mode)
        for name in ("hosts", "authority", *names):
            own.add_argument(f"--{name}", required=True)
    return parser.parse_args(argv)


def main() -> None:
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F

    options = parse()
    spark = SparkSession.builder.getOrCreate()
    if options.mode == "batch":
        rows = spark.read.format("delta").load(getattr(options, "from")).select(*TABLES["trips_hourly"])
        rows.foreachPartition(write_partition(options, "trips_hourly"))
        return
    messages = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", options.brokers)
        .option("kafka.security.protocol", "SASL_SSL")
        .option("kafka.sasl.mechanism", "SCRAM-SHA-512")
        .option("kafka.sasl.jaas.config", os.environ["KAFKA_JAAS"])
        .option("kafka.ssl.truststore.type", "PEM")
        .option("kafka.ssl.truststore.location", os.environ["KAFKA_CA"])
        .option("subscribe", options.topic)
        .option("startingOffsets", "earliest")
        .load()
    )
    trips = messages.select(F.from_json(F.col("value").cast("string"), TRIP).alias("trip")).select("trip.*")
    known = trips.where(F.col("trip_id").isNotNull())

    def batch(rows, _id: int) -> None:
        rows.foreachPartition(write_partition(options, "trips_live"))

    known.writeStream.foreachBatch(batch).option("checkpointLocation", options.checkpoint).start().awaitTermination()


if __name__ == "__main__":
    main()

"""Lands a Kafka topic in a Delta table, each message exactly once.

    stream.py --bootstrap HOST:PORT --topic NAME --table URI --checkpoint URI --group-prefix TEXT
              --secret FOLDER [--schema DDL] [--trigger-seconds N] [--max-messages N]

The table has a row for each message: where it stood (topic, partition, offset), when it came (timestamp,
day), its key, and its value as text. With --schema the value is read as JSON, and each field becomes a
column beside; a value that does not fit keeps its row, with the fields missing and `fits` false. The
table is partitioned by day.

The checkpoint says how far the topic was read. A run that is killed at any moment and started again with
the same table and checkpoint loses nothing and writes nothing twice. Table and checkpoint belong
together: with one of them gone, remove the other, and the topic is read from its beginning.

--secret names a folder with sasl.jaas.config and ca.crt. Its content is read by each Kafka client itself
and is never part of a plan, a log or the checkpoint.
Exit code 2: bad arguments. 1: the stream failed, for one because messages went before they were read.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming.query import StreamingQuery

MESSAGE = ("topic", "partition", "offset", "timestamp", "day", "key", "value")


@dataclass(frozen=True)
class Options:
    """The checked command line; `schema` None means that values are not read."""

    bootstrap: str
    topic: str
    table: str
    checkpoint: str
    group_prefix: str
    secret: str
    schema: str | None
    trigger_seconds: int
    max_messages: int


def folder(text: str) -> str:
    uri = urlsplit(text)
    if not uri.scheme or not uri.path.strip("/"):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a URI with a scheme and a folder, such as s3a://bucket/orders"
        )
    return f"{uri.scheme}://{uri.netloc}{uri.path.rstrip('/')}"


def count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1")
    return number


def parse(argv: Sequence[str] | None = None) -> Options:
    """Reads the command line; exits with code 2 and one message where it is wrong."""
    parser = argparse.ArgumentParser(prog="stream.py", description="Kafka topic to Delta table.")
    parser.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--table", required=True, type=folder, metavar="URI")
    parser.add_argument("--checkpoint", required=True, type=folder, metavar="URI")
    parser.add_argument("--group-prefix", required=True, help="what the user may call its groups")
    parser.add_argument("--secret", required=True, metavar="FOLDER")
    parser.add_argument("--schema", metavar="DDL", help="fields of the value, as SQL writes columns")
    parser.add_argument("--trigger-seconds", type=count, default=60)
    parser.add_argument("--max-messages", type=count, default=1_000_000, help="most in one batch")
    args = parser.parse_args(argv)
    for one, other in ((args.table, args.checkpoint), (args.checkpoint, args.table)):
        if f"{one}/".startswith(f"{other}/"):
            parser.error(f"table and checkpoint need separate folders: {one} lies in {other}")
    return Options(**vars(args))


def kafka_options(options: Options) -> dict[str, str]:
    """How each client, on the driver and on executors, connects and proves who it is."""

    def secret(key: str) -> str:
        return f"${{secret:{options.secret}:{key}}}"

    provider = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"
    client = {
        "bootstrap.servers": options.bootstrap,
        "config.providers": "secret",
        "config.providers.secret.class": provider,
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.jaas.config": secret("sasl.jaas.config"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": secret("ca.crt"),
    }
    return {f"kafka.{key}": value for key, value in client.items()} | {
        "subscribe": options.topic,
        "groupIdPrefix": options.group_prefix,
        "startingOffsets": "earliest",
        "maxOffsetsPerTrigger": str(options.max_messages),
        # What was deleted before it was read is told as a failure, not passed over.
        "failOnDataLoss": "true",
    }


def rows(messages: DataFrame, schema: str | None) -> DataFrame:
    """Messages as rows of the table."""
    landed = messages.select(
        "topic",
        "partition",
        "offset",
        "timestamp",
        F.to_date("timestamp").alias("day"),
        F.col("key").cast("string").alias("key"),
        F.col("value").cast("string").alias("value"),
    )
    if schema is None:
        return landed
    # Without a column for it, a value that does not fit would look like one whose fields are missing.
    read = F.from_json("value", f"{schema}, _unreadable string", {"columnNameOfCorruptRecord": "_unreadable"})
    fits = F.col("read._unreadable").isNull() & F.col("value").isNotNull()
    return landed.withColumn("read", read).select(*MESSAGE, "read.*", fits.alias("fits")).drop("_unreadable")


def start(spark: SparkSession, options: Options) -> StreamingQuery:
    messages = spark.readStream.format("kafka").options(**kafka_options(options)).load()
    return (
        rows(messages, options.schema)
        .writeStream.format("delta")
        .queryName(options.topic)
        .outputMode("append")
        .partitionBy("day")
        .option("checkpointLocation", options.checkpoint)
        .option("mergeSchema", "true")
        .trigger(processingTime=f"{options.trigger_seconds} seconds")
        .start(options.table)
    )


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(argv)
    spark = (
        SparkSession.builder.appName(f"stream-{options.topic}")
        .config("spark.sql.session.timeZone", "UTC")
        # A batch a minute makes small files; they are put together when there are many.
        .config("spark.databricks.delta.autoCompact.enabled", "true")
        .getOrCreate()
    )
    start(spark, options).awaitTermination()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Medallion ETL of taxi-like trips: raw CSV, curated tables, presentation aggregates.

    trips.py --layer raw|curated|presentation|all --raw URI --curated URI --presentation URI
             --iceberg CATALOG.NAMESPACE.TABLE [--date YYYY-MM-DD|all] [--rows N]

raw           <raw>/pickup_date=D/*.csv with a header. An empty lake, or an empty day when --date
              is given, is filled with N generated rows, the same ones on every machine.
curated       <curated>, a Delta table: typed rows, one per trip; and the same rows in the Iceberg
              table. A row that cannot be used goes unchanged to the Delta table
              <curated>_quarantine, with its reason.
presentation  <presentation>, a Delta table: trips, revenue, mean duration and mean speed by zone
              and hour.

Tables are partitioned by pickup_date. A run replaces the days that it reads and leaves the others
alone, each table in one commit, so it can be repeated. One driver writes at a time: where a store
cannot create a file only if there is none, two would lose commits of each other.
Every layer prints one JSON line with its counts. Times are UTC.
Exit code 2: bad arguments. 3: the layer to read is empty, or rows were lost on the way.
"""

import argparse
import json
import re
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import permutations
from typing import Any
from urllib.parse import urlsplit

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

LAYERS = ("raw", "curated", "presentation")
SAMPLE_START, SAMPLE_DAYS = date(2026, 1, 5), 7
TIME_FORMAT = "yyyy-MM-dd HH:mm:ss"
FIELDS = ("trip_id", "zone", "pickup_at", "dropoff_at", "distance_km", "fare")

# Text only: a typed schema would turn an unreadable value into a missing one.
RAW = ", ".join(f"{name} string" for name in (*FIELDS, "line")) + ", pickup_date date"
QUARANTINE = f"reason string, {RAW}"
CURATED = (
    "trip_id string, zone int, pickup_at timestamp, dropoff_at timestamp, duration_s bigint, "
    "distance_km decimal(8,2), fare decimal(10,2), pickup_date date"
)
PRESENTATION = (
    "zone int, hour int, trips bigint, revenue decimal(20,2), mean_duration_s double, "
    "mean_speed_kmh double, pickup_date date"
)

SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
    "spark.sql.parquet.compression.codec": "zstd",
    # The default, INT96, is deprecated in Parquet.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # For the files of the sample; tables commit by themselves.
    # With spark-hadoop-cloud on the class path, Spark 4.1 commits through PathOutputCommitProtocol,
    # where a dynamic overwrite is refused or appends to the old files (SPARK-56588).
    "spark.sql.sources.commitProtocolClass": (
        "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol"
    ),
    "spark.sql.parquet.output.committer.class": "org.apache.parquet.hadoop.ParquetOutputCommitter",
    "mapreduce.outputcommitter.factory.class": (
        "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory"
    ),
}


class LayerError(Exception):
    """A layer that cannot be processed: nothing to read, or rows lost on the way."""


@dataclass(frozen=True)
class Options:
    """The checked command line; `days` None means every day."""

    layer: str
    raw: str
    curated: str
    presentation: str
    iceberg: str
    days: list[date] | None
    rows: int

    @property
    def quarantine(self) -> str:
        return f"{self.curated}_quarantine"

    @property
    def scope(self) -> str:
        return f" on {self.days[0]}" if self.days else ""


def folder(text: str) -> str:
    uri = urlsplit(text)
    if not uri.scheme or not uri.path.strip("/") or set(text) & set("*?[]{}#"):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not a URI with a scheme and a folder, such as s3a://bucket/trips"
        )
    return f"{uri.scheme}://{uri.netloc}{uri.path.rstrip('/')}"


def day(text: str) -> date | None:
    return None if text == "all" else datetime.strptime(text, "%Y-%m-%d").date()


def table(text: str) -> str:
    if not re.fullmatch(r"[a-z]\w*(\.[a-z]\w*){2}", text):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no table of a catalog, such as lake.examples.trips"
        )
    return text


def parse(argv: Sequence[str] | None = None) -> Options:
    """Reads the command line; exits with code 2 and one message where it is wrong."""
    parser = argparse.ArgumentParser(prog="trips.py", description="Medallion ETL of trips.")
    parser.add_argument("--layer", required=True, choices=[*LAYERS, "all"])
    for layer in LAYERS:
        parser.add_argument(f"--{layer}", required=True, type=folder, metavar="URI")
    parser.add_argument("--iceberg", required=True, type=table, metavar="CATALOG.NAMESPACE.TABLE")
    parser.add_argument("--date", type=day, metavar="YYYY-MM-DD|all", help="default: all")
    parser.add_argument("--rows", type=int, default=10_000, help="size of a generated sample")
    args = parser.parse_args(argv)
    if args.rows < 1:
        parser.error("argument --rows: must be at least 1")
    days = [args.date] if args.date else None
    options = Options(
        args.layer, args.raw, args.curated, args.presentation, args.iceberg, days, args.rows
    )
    used = (options.raw, options.curated, options.quarantine, options.presentation)
    for inner, outer in permutations(used, 2):
        if f"{inner}/".startswith(f"{outer}/"):
            parser.error(f"layers need separate folders: {inner} lies in {outer}")
    return options


def locate(spark: SparkSession, uri: str) -> tuple[Any, Any]:
    """The Hadoop file system and path of a URI: the one interface that knows every scheme."""
    assert spark._jvm is not None
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    return path.getFileSystem(spark._jsc.hadoopConfiguration()), path


def holds(spark: SparkSession, root: str) -> bool:
    """Whether there is anything: rows that have landed, or a table."""
    file_system, path = locate(spark, root)
    return bool(file_system.exists(path))


def load(
    spark: SparkSession, root: str, schema: str, days: Collection[date] | None = None
) -> DataFrame:
    """The given days of one layer, or all of it; no rows where its folder does not exist."""
    if not holds(spark, root):
        # createDataFrame would need Python on an executor; nothing else here does.
        return spark.range(0).selectExpr(f"from_json('', '{schema}') row").select("row.*")
    if schema == RAW:
        # Without enforceSchema, the header is compared with the schema.
        reader = spark.read.schema(schema)
        reader = reader.options(header=True, enforceSchema=False, columnNameOfCorruptRecord="line")
        rows = reader.csv(root, ignoreLeadingWhiteSpace=True, ignoreTrailingWhiteSpace=True)
    else:
        rows = spark.read.format("delta").load(root)
    return rows if days is None else rows.where(F.col("pickup_date").isin(*days))


def among(days: Collection[date]) -> str:
    listed = ", ".join(f"date'{each}'" for each in sorted(days))
    return f"pickup_date in ({listed})"


def replace(rows: DataFrame, root: str, days: Collection[date]) -> None:
    """Makes `rows` the given days of a Delta table, in files of even size; other days stay."""
    writer = rows.hint("rebalance", "pickup_date").write.option("replaceWhere", among(days))
    writer.save(root, "delta", "overwrite", "pickup_date")


def remove(spark: SparkSession, root: str, days: Collection[date]) -> None:
    """Deletes days of a Delta table."""
    if days and holds(spark, root):
        spark.sql(f"delete from delta.`{root}` where {among(days)}")


def copy(spark: SparkSession, rows: DataFrame, name: str, days: Collection[date]) -> int:
    """Makes `rows` the given days of an Iceberg table, and tells how many there are then."""
    if not spark.catalog.tableExists(name):
        spark.sql(f"create namespace if not exists {name.rpartition('.')[0]}")
        rows.limit(0).writeTo(name).using("iceberg").partitionedBy(F.col("pickup_date")).create()
    rows.writeTo(name).overwrite(F.col("pickup_date").isin(*days))
    return spark.table(name).where(among(days)).count()


def log(layer: str, **counts: object) -> None:
    print(json.dumps({"layer": layer, **counts}), flush=True)


def sample(spark: SparkSession, first: date, days: int, rows: int) -> DataFrame:
    """Generated raw trips, about seven in a hundred unusable and some delivered twice.

    Every value is a hash of the row number: no machine, partition or retry changes it.
    """

    def draw(name: str, below: int, key: str = "origin") -> str:
        return f"pmod(xxhash64('{name}', pickup_date, {key}), {below})"

    return (
        spark.range(rows)
        .selectExpr(
            "id",
            f"date_add(date'{first}', int(id % {days})) pickup_date",
            # One in forty delivers an earlier trip of its day again; the fare may differ.
            f"if(id >= {days} and pmod(xxhash64('again', id), 40) = 0, id - {days}, id) origin",
        )
        .selectExpr(
            "*",
            f"{draw('dirt', 100, 'id')} dirt",
            f"unix_timestamp(timestamp(pickup_date)) + {draw('start', 86_400)} start",
            f"{draw('duration', 3600)} + 180 duration",
        )
        .selectExpr("*", f"cast(duration * ({draw('speed', 40)} + 10) / 3600 as decimal(8,2)) km")
        .selectExpr(
            "date_format(pickup_date, 'yyyyMMdd') || '-' || origin trip_id",
            f"if(dirt = 0, null, {draw('zone', 40)} + 1) zone",
            "if(dirt = 1, '2026-13-45 99:00:00',"
            " from_unixtime(start - if(dirt = 2, 365 * 86400, 0))) pickup_at",
            "from_unixtime(start + if(dirt = 3, -60, duration)) dropoff_at",
            "if(dirt = 4, 'n/a', string(if(dirt = 5, -km, km))) distance_km",
            f"if(dirt = 6, -1, 1) * (2 * km + 3 + {draw('tip', 5, 'id')}) fare",
            "pickup_date",
        )
    )


def land(spark: SparkSession, options: Options) -> None:
    """Fills an empty raw layer with sample data; what is there already stays as it is."""
    generated = load(spark, options.raw, RAW, options.days).isEmpty()
    if generated:
        first, days = (options.days[0], 1) if options.days else (SAMPLE_START, SAMPLE_DAYS)
        rows = sample(spark, first, days, options.rows).hint("rebalance", "pickup_date")
        rows.write.option("header", True).save(options.raw, "csv", "overwrite", "pickup_date")
    count = load(spark, options.raw, RAW, options.days).count()
    log("raw", rows=count, generated=generated)


def classify(raw: DataFrame) -> DataFrame:
    """Raw rows with their typed form and the first reason, if any, why they cannot be used."""
    start, end = (F.try_to_timestamp(F.col(name), F.lit(TIME_FORMAT)) for name in FIELDS[2:4])
    typed = F.struct(
        F.col("zone").try_cast("int").alias("zone"),
        start.alias("pickup_at"),
        end.alias("dropoff_at"),
        (F.unix_timestamp(end) - F.unix_timestamp(start)).alias("duration_s"),
        F.col("distance_km").try_cast("decimal(8,2)").alias("distance_km"),
        F.col("fare").try_cast("decimal(10,2)").alias("fare"),
    )
    reasons = {
        "malformed_line": "line is not null",
        "missing_value": " or ".join(f"{name} is null" for name in FIELDS),
        "bad_timestamp": "typed.pickup_at is null or typed.dropoff_at is null",
        "bad_number": "typed.zone is null or typed.distance_km is null or typed.fare is null",
        "other_day": "to_date(typed.pickup_at) <> pickup_date",
        "dropoff_before_pickup": "typed.duration_s <= 0",
        "negative_distance": "typed.distance_km < 0",
        "negative_fare": "typed.fare < 0",
    }
    cases = " ".join(f"when {test} then '{reason}'" for reason, test in reasons.items())
    return raw.withColumn("typed", typed).withColumn("reason", F.expr(f"case {cases} end"))


def curate(spark: SparkSession, options: Options) -> None:
    """raw → curated and quarantine."""
    rows = classify(load(spark, options.raw, RAW, options.days)).persist()
    found = rows.groupBy("pickup_date", F.expr("reason is null").alias("good")).count().collect()
    if not found:
        raise LayerError(f"the raw layer {options.raw} has no rows{options.scope}")
    days = {row["pickup_date"] for row in found}
    good_days = {row["pickup_date"] for row in found if row["good"]}

    # The smallest copy wins: a fixed rule, so that a recomputed partition keeps the same one.
    good = rows.where("reason is null").groupBy("pickup_date", "trip_id")
    trips = good.agg(F.min("typed").alias("typed"), (F.count("*") - 1).alias("repeats"))
    unusable = rows.where("reason is not null").select("reason", *FIELDS, "line", "pickup_date")
    replace(trips.select("trip_id", "typed.*", "pickup_date"), options.curated, days)
    replace(unusable, options.quarantine, days)
    remove(spark, options.presentation, days - good_days)
    extra = trips.agg(F.coalesce(F.sum("repeats"), F.lit(0))).collect()[0][0]
    rows.unpersist()

    # What was stored is counted from the lake, not from the plan that wrote it.
    read = sum(row["count"] for row in found)
    curated = load(spark, options.curated, CURATED, days)
    written = curated.count()
    copied = copy(spark, curated, options.iceberg, days)
    stored = load(spark, options.quarantine, QUARANTINE, days).groupBy("reason").count().collect()
    reasons = {row["reason"]: row["count"] for row in sorted(stored)}
    bad = sum(reasons.values())
    log("curated", read=read, written=written, quarantined=bad, duplicates=extra, reasons=reasons)
    if read != written + bad + extra:
        raise LayerError(f"rows were lost between {options.raw} and {options.curated}")
    if copied != written:
        raise LayerError(f"rows were lost between {options.curated} and {options.iceberg}")


def present(spark: SparkSession, options: Options) -> None:
    """curated → presentation. Sums are of integers and decimals, so their order is no matter."""
    trips = load(spark, options.curated, CURATED, options.days)
    found = trips.groupBy("pickup_date").count().collect()
    if not found:
        raise LayerError(f"the curated layer {options.curated} has no rows{options.scope}")
    days, read = {row["pickup_date"] for row in found}, sum(row["count"] for row in found)
    seconds = F.sum("duration_s")
    hourly = trips.groupBy("zone", F.hour("pickup_at").alias("hour"), "pickup_date").agg(
        F.count("*").alias("trips"),
        F.sum("fare").alias("revenue"),
        (seconds / F.count("*")).alias("mean_duration_s"),
        (F.sum("distance_km").cast("double") / seconds * 3600).alias("mean_speed_kmh"),
    )
    replace(hourly, options.presentation, days)
    stored = load(spark, options.presentation, PRESENTATION, days)
    written, covered = stored.agg(F.count("*"), F.sum("trips")).collect()[0]
    log("presentation", read=read, written=written)
    if covered != read:
        raise LayerError(f"trips were lost between {options.curated} and {options.presentation}")


def run(spark: SparkSession, options: Options) -> None:
    """Processes the layers asked for, in order."""
    for key, value in SESSION.items():
        spark.conf.set(key, value)
    for layer, step in zip(LAYERS, (land, curate, present), strict=True):
        if options.layer in (layer, "all"):
            step(spark, options)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse(argv)
    spark = SparkSession.builder.appName(f"trips-{options.layer}").getOrCreate()
    try:
        run(spark, options)
    except LayerError as error:
        print(f"trips.py: error: {error}", file=sys.stderr)
        return 3
    finally:
        spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes and reads Delta and Iceberg tables below a URI, with the Spark in SPARK_HOME and the settings of the image.

    python tables.py URI [KEY=VALUE…]

The last line that it prints is JSON: what it counted, the versions that ran, and the file systems that were made.
"""

from __future__ import annotations

import json
import sys

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

EXTENSIONS = (
    "io.delta.sql.DeltaSparkSessionExtension",
    "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
)
ROWS = 10_000


def session(uri: str, settings: dict[str, str]) -> SparkSession:
    builder = SparkSession.builder.master("local[2]").appName("tables")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": f"{uri}/warehouse",
        "spark.sql.extensions": ",".join(EXTENSIONS),
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.catalog.ice": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.ice.type": "hadoop",
        "spark.sql.catalog.ice.warehouse": f"{uri}/iceberg",
        **settings,
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def delta(spark: SparkSession, uri: str) -> dict[str, int]:
    path = f"{uri}/delta/trips"
    rows = spark.range(ROWS).select("id", (F.col("id") % 7).alias("zone"), (F.col("id") * 2).alias("fare"))
    rows.write.format("delta").partitionBy("zone").save(path)
    rows.where("id < 100").write.format("delta").mode("append").save(path)
    spark.createDataFrame([(0, 0, 7), (ROWS, 1, 9)], "id long, zone long, fare long").createOrReplaceTempView("new")
    spark.sql(
        f"MERGE INTO delta.`{path}` t USING new n ON t.id = n.id AND t.zone = n.zone "
        "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    spark.sql(f"DELETE FROM delta.`{path}` WHERE zone = 6")
    return {
        "first": spark.read.format("delta").option("versionAsOf", 0).load(path).count(),
        "last": spark.read.format("delta").load(path).count(),
        "merged": spark.read.format("delta").load(path).where("fare = 7").count(),
        "versions": spark.sql(f"DESCRIBE HISTORY delta.`{path}`").count(),
    }


def iceberg(spark: SparkSession) -> dict[str, int]:
    spark.sql("CREATE TABLE ice.lake.trips (id bigint, zone bigint, fare bigint) USING iceberg PARTITIONED BY (zone)")
    spark.sql(f"INSERT INTO ice.lake.trips SELECT id, id % 7, id * 2 FROM range({ROWS})")
    first = spark.sql("SELECT snapshot_id FROM ice.lake.trips.snapshots").first()[0]
    spark.sql("ALTER TABLE ice.lake.trips ADD COLUMN tip bigint")
    spark.sql(
        "MERGE INTO ice.lake.trips t USING new n ON t.id = n.id AND t.zone = n.zone "
        "WHEN MATCHED THEN UPDATE SET t.fare = n.fare "
        "WHEN NOT MATCHED THEN INSERT (id, zone, fare, tip) VALUES (n.id, n.zone, n.fare, 1)"
    )
    spark.sql("DELETE FROM ice.lake.trips WHERE zone = 6")
    # Only there with the extensions: a procedure.
    spark.sql("CALL ice.system.rewrite_data_files('lake.trips')")
    return {
        "first": spark.sql(f"SELECT * FROM ice.lake.trips VERSION AS OF {first}").count(),
        "last": spark.table("ice.lake.trips").count(),
        "merged": spark.table("ice.lake.trips").where("fare = 7").count(),
    }


def pandas(spark: SparkSession) -> int:
    """A function in pandas, as jobs have them: the libraries of the image fit PySpark."""

    @F.pandas_udf("long")
    def doubled(values: pd.Series) -> pd.Series:
        return values * 2

    frame = spark.range(100).select(doubled("id").alias("twice")).toPandas()
    return int(frame["twice"].sum())


def file_system(spark: SparkSession, uri: str) -> str:
    """The class that Hadoop makes for a URI; nothing is asked over the network."""
    jvm = spark._jvm
    made = jvm.org.apache.hadoop.fs.Path(uri).getFileSystem(spark._jsc.hadoopConfiguration())
    return made.getClass().getName()


def main() -> None:
    uri, *rest = sys.argv[1:]
    settings = dict(each.split("=", 1) for each in rest if not each.startswith("--"))
    others = [each.removeprefix("--file-system=") for each in rest if each.startswith("--")]
    spark = session(uri, settings)
    jvm = spark._jvm
    counted = {
        "delta": delta(spark, uri),
        "iceberg": iceberg(spark),
        "pandas": pandas(spark),
        "spark": spark.version,
        "scala": jvm.scala.util.Properties.versionNumberString(),
        "hadoop": jvm.org.apache.hadoop.util.VersionInfo.getVersion(),
        "hive": jvm.org.apache.spark.sql.hive.HiveUtils.builtinHiveVersion(),
        "fileSystems": [file_system(spark, each) for each in others],
    }
    spark.stop()
    print(json.dumps(counted))


if __name__ == "__main__":
    main()

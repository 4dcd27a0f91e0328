"""Plain tables of Hive, which its engine and Spark read and write by the metastore's Thrift."""

from __future__ import annotations

from pathlib import Path

from rig import HIVE, WAREHOUSE, Engine, Metastore, Site
from spark import run_spark, spark_conf

PROGRAM = """
import json
from pyspark.sql import SparkSession

spark = SparkSession.builder.enableHiveSupport().getOrCreate()
spark.sql("insert into prices select 'oil', cast(3 as int)")
spark.sql("create table doubled stored as parquet as select name, amount * 2 as amount from prices")
print(json.dumps({
    "tables": sorted(row.tableName for row in spark.sql("show tables in default").collect()),
    "rows": [list(row) for row in spark.sql("select name, amount from prices order by name").collect()],
}))
"""


def test_spark_and_the_engine_of_hive_share_plain_tables(
    site: Site, metastores: list[Metastore], engine: Engine, tmp_path: Path
) -> None:
    engine.run("create table prices (name string, amount int) stored as parquet")
    engine.run("insert into prices values ('tea', 5), ('salt', 7)")
    conf = spark_conf(site, metastores[1]) | {
        "spark.sql.hive.metastore.version": "4.1.0",
        "spark.sql.hive.metastore.jars": "path",
        "spark.sql.hive.metastore.jars.path": f"file://{HIVE}/*.jar",
        "spark.hadoop.hive.metastore.uris": f"thrift://127.0.0.1:{metastores[1].port}",
        "spark.sql.warehouse.dir": f"s3a://{WAREHOUSE}/external",
    }
    found = run_spark(tmp_path, PROGRAM, conf)
    assert found["rows"] == [["oil", 3], ["salt", 7], ["tea", 5]]
    assert {"prices", "doubled"} <= set(found["tables"])
    assert engine.run("select name, amount from doubled order by name") == ["oil\t6", "salt\t14", "tea\t10"]
    assert engine.run("select count(*) from prices") == ["3"]

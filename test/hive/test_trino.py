"""One set of tables, which Spark, Trino and the engine of Hive make, read and write by the metastore."""

from __future__ import annotations

from pathlib import Path

from rig import Engine, Metastore, Site, until
from spark import run_spark, spark_conf
from trino import ask

MAKES = """
import json
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.sql("create table lake.medallion.orders (id bigint, day date, paid boolean) using iceberg partitioned by (day)")
spark.sql("insert into lake.medallion.orders select id, date_add(date'2026-01-01', int(id % 3)), id < 10 from range(90)")
print(json.dumps({"rows": spark.table("lake.medallion.orders").count()}))
"""
READS = """
import json
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(json.dumps({
    "orders": [list(row) for row in spark.sql("select count(*), count_if(paid) from lake.medallion.orders").collect()],
    "days": [list(row) for row in spark.sql("select string(day), orders from lake.medallion.days order by 1").collect()],
}))
"""


def stock(site: Site, engine: Engine, name: str, compacts: bool) -> None:
    """A table with transactions: its deleted rows are told by files of statements, and by those of both compactions."""

    def compacted(done: list[str], percent: int, row: str) -> None:
        """Adds a row; then the table is compacted, in the way that the limits ask for."""
        if compacts:
            threshold = "compactorthreshold.hive.compactor.delta"
            limits = f"'{threshold}.num.threshold'='1', '{threshold}.pct.threshold'='{percent}'"
            engine.run(f"alter table medallion.{name} set tblproperties ('no_auto_compaction'='false', {limits})")
        engine.run(f"insert into medallion.{name} values {row}")
        if compacts:
            rows = f"""select "CC_TYPE", "CC_STATE" from "COMPLETED_COMPACTIONS" where "CC_TABLE" = '{name}' order by "CC_ID\""""
            until(lambda: site.postgres.sql(rows) == done, f"compactions {done}")
            engine.run(f"alter table medallion.{name} set tblproperties ('no_auto_compaction'='true')")

    properties = "('transactional'='true', 'no_auto_compaction'='true')"
    engine.run(f"create table medallion.{name} (id int, name string) stored as orc tblproperties {properties}")
    engine.run(f"insert into medallion.{name} values (1, 'tea'), (2, 'salt'), (3, 'rice')")
    compacted(["a|s"], 0, "(4, 'corn')")
    engine.run(f"update medallion.{name} set name = 'oil' where id = 2")
    engine.run(f"delete from medallion.{name} where id = 3")
    compacted(["a|s", "i|s"], 1000, "(5, 'figs')")
    engine.run(f"delete from medallion.{name} where id = 1")


def test_every_engine_reads_and_writes_the_same_tables(
    site: Site, metastores: list[Metastore], engine: Engine, tmp_path: Path
) -> None:
    first, second = metastores
    engine.run("create database medallion")
    engine.run("create table medallion.prices (name string, amount int) stored as parquet")
    engine.run("insert into medallion.prices values ('tea', 5), ('salt', 7)")
    stock(site, engine, "stock", compacts=False)
    stock(site, engine, "compacted", compacts=True)
    assert run_spark(tmp_path, MAKES, spark_conf(site, first)) == {"rows": 90}

    team, other = "ingestion", "analytics"
    answers = ask(
        site,
        second,
        (other, "SELECT day, count(*) FROM lake.medallion.orders GROUP BY day ORDER BY day"),
        # By the name of the other catalog, too.
        (other, "SELECT count(*) FROM hive.medallion.orders WHERE paid"),
        (other, "SELECT name, amount FROM hive.medallion.prices ORDER BY name"),
        (other, "SELECT id, name FROM hive.medallion.stock ORDER BY id"),
        (other, "SELECT id, name FROM hive.medallion.compacted ORDER BY id"),
        (other, "INSERT INTO lake.medallion.orders VALUES (90, DATE '2026-01-01', true)"),
        (team, "INSERT INTO lake.medallion.orders VALUES (90, DATE '2026-01-01', true)"),
        (team, "DELETE FROM lake.medallion.orders WHERE id = 0"),
        (team, "CREATE TABLE lake.medallion.days AS SELECT day, count(*) AS orders FROM lake.medallion.orders GROUP BY day"),
        (team, "INSERT INTO hive.medallion.prices VALUES ('rice', 9)"),
    )
    days, paid, prices, fresh, compacted, refused, *written = answers
    assert days == [["2026-01-01", 30], ["2026-01-02", 30], ["2026-01-03", 30]]
    assert paid == [[10]]
    assert prices == [["salt", 7], ["tea", 5]]
    assert fresh == compacted == [[2, "oil"], [4, "corn"], [5, "figs"]]
    assert isinstance(refused, str) and "Access Denied" in refused
    assert written == [[[1]], [[1]], [[3]], [[1]]]

    assert run_spark(tmp_path, READS, spark_conf(site, first)) == {
        "orders": [[90, 10]],
        "days": [["2026-01-01", 30], ["2026-01-02", 30], ["2026-01-03", 30]],
    }
    assert engine.run("select name, amount from medallion.prices order by name") == ["rice\t9", "salt\t7", "tea\t5"]
    # Each where the site says; Trino puts more after the name of a table.
    assert {each.partition("-")[0] for each in site.stored("external/medallion.db")} == {"days", "orders", "prices"}
    assert site.stored("managed/medallion.db") == {"stock", "compacted"}

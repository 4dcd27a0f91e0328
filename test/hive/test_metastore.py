"""The metastore as pods have it: who leads, what it opens, and tables by its REST catalog."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from pyiceberg.catalog import load_catalog
from rig import SCHEMA_VERSION, WAREHOUSE, Metastore, Site, find, until
from spark import run_spark, spark_conf

PROGRAM = """
import json, sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.sql("create namespace if not exists lake.shop")
spark.sql("create table lake.shop.orders (id bigint, day date, paid boolean) using iceberg partitioned by (day)")
spark.sql("insert into lake.shop.orders select id, date_add(date'2026-01-01', int(id % 3)), false from range(90)")
spark.sql("merge into lake.shop.orders o using (select id from range(10)) s on o.id = s.id when matched then update set paid = true")
spark.sql("delete from lake.shop.orders where id >= 80")
print(json.dumps({
    "namespaces": [row[0] for row in spark.sql("show namespaces in lake").collect()],
    "tables": [row.tableName for row in spark.sql("show tables in lake.shop").collect()],
    "rows": spark.table("lake.shop.orders").count(),
    "paid": spark.table("lake.shop.orders").where("paid").count(),
    "snapshots": spark.table("lake.shop.orders.snapshots").count(),
}))
"""


def test_the_job_makes_the_schema_and_leaves_one_that_is_right(site: Site, schema: Path) -> None:
    assert site.postgres.sql('select "SCHEMA_VERSION" from "VERSION"') == [SCHEMA_VERSION]
    site.postgres.sql('create table "KEPT" ()')
    assert "No schema upgrade required" in site.schema_tool("again", schema)
    assert site.postgres.sql("select to_regclass('\"KEPT\"')") == ['"KEPT"']


def test_one_of_two_leads(metastores: list[Metastore]) -> None:
    def leaders() -> list[str]:
        return [each.name for each in metastores if "Starting Initiator thread" in each.log]

    until(lambda: len(leaders()) > 0, "a leader")
    assert len(leaders()) == 1


def test_connections_are_within_what_the_site_declares(site: Site, metastores: list[Metastore]) -> None:
    role = find(site.every, "DatabaseRole", "postgres", "metadata-hive")
    scale = find(site.every, "HorizontalPodAutoscaler", "hive", "metastore")["spec"]["maxReplicas"]
    allowed = role["spec"]["connectionLimit"] // scale
    (found,) = site.postgres.sql("select count(*) from pg_stat_activity where usename = 'hive' and pid <> pg_backend_pid()")
    assert 0 < int(found) <= allowed * len(metastores)


def test_spark_and_another_engine_read_the_same_table(site: Site, metastores: list[Metastore], tmp_path: Path) -> None:
    first, second = metastores
    found = run_spark(tmp_path, PROGRAM, spark_conf(site, first))
    assert found == {"namespaces": ["default", "shop"], "tables": ["orders"], "rows": 80, "paid": 10, "snapshots": 3}
    # By the other metastore: nothing of a table is in one of them alone.
    catalog = load_catalog("lake", type="rest", uri=f"http://127.0.0.1:{second.catalog}/iceberg", **site.store.file_io)
    table = catalog.load_table("shop.orders")
    rows = table.scan().to_arrow()
    assert (rows.num_rows, sum(rows["paid"].to_pylist())) == (80, 10)
    assert table.location().startswith(f"s3a://{WAREHOUSE}/external/")
    assert site.postgres.sql("""select "TBL_TYPE" from "TBLS" where "TBL_NAME" = 'orders'""") == ["EXTERNAL_TABLE"]
    with urllib.request.urlopen(f"http://127.0.0.1:{second.catalog}/iceberg/v1/config", timeout=30) as answer:
        assert answer.status == 200

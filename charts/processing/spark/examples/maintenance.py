"""Looks after tables: small files become large ones, and what nobody needs any more goes.

    maintenance.py --tables JSON

JSON is a list of objects with `format` (iceberg or delta), `name` (catalog.namespace.table of Iceberg, or the URI of a
Delta table), `days`, for which older states of the table can still be read, and `mib`, the size of files. Prints a line
of JSON for each table. A table that is not there yet is passed over. Ends with 1 where one could not be looked after,
after all others were.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from pyspark.sql import SparkSession

# Days that files must be old which no table names: a writer of today may still be about to name them.
ORPHAN_DAYS = 7


@dataclass(frozen=True)
class Table:
    format: str
    name: str
    days: int
    mib: int


def tables(text: str) -> list[Table]:
    try:
        found = [Table(each["format"], each["name"], int(each["days"]), int(each["mib"])) for each in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"no list of tables: {error}") from error
    for each in found:
        if each.format not in CARE:
            raise argparse.ArgumentTypeError(f"'{each.format}' is no format that is looked after")
        if any(mark in each.name for mark in "`';"):
            raise argparse.ArgumentTypeError(f"'{each.name}' is no name of a table")
        if each.days < ORPHAN_DAYS:
            raise argparse.ArgumentTypeError(f"'{each.name}': fewer than {ORPHAN_DAYS} days")
    return found


def ago(days: int) -> str:
    return (datetime.now(timezone.utc) - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")


def count(spark: SparkSession, statement: str) -> int:
    (row,) = spark.sql(statement).collect()
    return int(row[0])


def iceberg(spark: SparkSession, table: Table) -> dict[str, Any] | None:
    """Files of a size, no states older than the days, and no files that no state names."""
    if not spark.catalog.tableExists(table.name):
        return None
    catalog, name = table.name.split(".", 1)
    files, states = f"select count(*) from {table.name}.files", f"select count(*) from {table.name}.snapshots"
    before = {"files": count(spark, files), "states": count(spark, states)}
    options = f"map('target-file-size-bytes', '{table.mib * 2**20}', 'min-input-files', '2')"
    spark.sql(f"call {catalog}.system.rewrite_data_files(table => '{name}', options => {options})")
    spark.sql(f"call {catalog}.system.rewrite_manifests(table => '{name}')")
    spark.sql(
        f"call {catalog}.system.expire_snapshots(table => '{name}', older_than => timestamp '{ago(table.days)}', retain_last => 1)"
    )
    orphans = spark.sql(
        f"call {catalog}.system.remove_orphan_files(table => '{name}', older_than => timestamp '{ago(ORPHAN_DAYS)}')"
    ).count()
    after = {"files": count(spark, files), "states": count(spark, states)}
    return {"before": before, "after": after, "orphans": orphans}


def has_log(spark: SparkSession, uri: str) -> bool:
    """Whether a folder has the log of a Delta table."""
    path = spark._jvm.org.apache.hadoop.fs.Path(uri, "_delta_log")  # type: ignore[union-attr]
    return bool(path.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()).exists(path))


def delta(spark: SparkSession, table: Table) -> dict[str, Any] | None:
    """Files of a size, and no files that only states older than the days name."""
    if not has_log(spark, table.name):
        return None
    spark.conf.set("spark.databricks.delta.optimize.maxFileSize", str(table.mib * 2**20))
    path = f"delta.`{table.name}`"
    detail = f"describe detail {path}"
    before = {"files": int(spark.sql(detail).first()["numFiles"])}
    spark.sql(f"optimize {path}")
    spark.sql(f"vacuum {path} retain {table.days * 24} hours")
    return {"before": before, "after": {"files": int(spark.sql(detail).first()["numFiles"])}}


CARE = {"iceberg": iceberg, "delta": delta}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", required=True, type=tables, metavar="JSON")
    chosen = parser.parse_args()
    spark = SparkSession.builder.appName("table-maintenance").getOrCreate()
    failed = False
    for table in chosen.tables:
        try:
            done = CARE[table.format](spark, table)
            print(json.dumps({"table": table.name, **(done or {"missing": True})}), flush=True)
        except Exception as error:  # noqa: BLE001: one table must not keep the others from being looked after
            failed = True
            print(json.dumps({"table": table.name, "failed": str(error)[:2000]}), flush=True)
    spark.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

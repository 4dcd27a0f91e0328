"""Tables of many small files are looked after: fewer files, the same rows."""

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support import exit_code

PROGRAM = Path(__file__).parent / "maintenance.py"


def rows(spark: SparkSession, uri: str) -> list[list[list[object]]]:
    both = (spark.table("lake.shop.orders"), spark.read.format("delta").load(uri))
    return [sorted([row.id, row.name] for row in each.collect()) for each in both]


def test_files_become_few_and_rows_stay(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = (tmp_path / "delta").as_uri()
    spark.sql("create namespace if not exists lake.shop")
    spark.sql("create table lake.shop.orders (id bigint, name string) using iceberg")
    for part in range(3):
        made = spark.range(part * 10, part * 10 + 10, 1, 2).selectExpr("id", "cast(id as string) as name")
        made.writeTo("lake.shop.orders").append()
        made.write.format("delta").mode("append").save(uri)
    before = rows(spark, uri)
    listed = [
        {"format": "iceberg", "name": "lake.shop.orders", "days": 7, "mib": 128},
        {"format": "delta", "name": uri, "days": 7, "mib": 128},
        {"format": "delta", "name": (tmp_path / "none").as_uri(), "days": 7, "mib": 128},
        {"format": "iceberg", "name": "lake.shop.none", "days": 7, "mib": 128},
    ]
    capsys.readouterr()
    code = exit_code(spark, PROGRAM, [f"--tables={json.dumps(listed)}"])
    # Spark itself prints what it does, too.
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert code == 0, told
    orders, files, *missing = [json.loads(line) for line in told]
    assert (orders["before"], orders["after"]["files"]) == ({"files": 6, "states": 3}, 1)
    assert (files["before"], files["after"]) == ({"files": 6}, {"files": 1})
    assert [each["missing"] for each in missing] == [True, True]
    # Another session has no table of the old files in its memory.
    assert rows(spark.newSession(), uri) == before


def test_files_are_of_the_size_that_a_table_names(spark: SparkSession, tmp_path: Path) -> None:
    uri = (tmp_path / "delta").as_uri()
    spark.sql("create table lake.shop.texts (id bigint, text string) using iceberg")
    # Text that nothing compresses to less than half.
    made = spark.range(0, 60_000, 1, 24).selectExpr("id", "sha2(cast(id as string), 512) as text")
    made.writeTo("lake.shop.texts").append()
    made.write.format("delta").save(uri)
    listed = [
        {"format": "iceberg", "name": "lake.shop.texts", "days": 7, "mib": 1},
        {"format": "delta", "name": uri, "days": 7, "mib": 1},
    ]
    assert exit_code(spark, PROGRAM, [f"--tables={json.dumps(listed)}"]) == 0
    sizes = [row[0] for row in spark.sql("select file_size_in_bytes from lake.shop.texts.files").collect()]
    log = [Path(each.removeprefix("file:")).stat().st_size for each in spark.read.format("delta").load(uri).inputFiles()]
    for found in (sizes, log):
        assert 5 <= len(found) <= 15, found
        assert max(found) < 1.5 * 2**20, found


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("[{}]", "no list of tables"),
        ('[{"format": "hudi", "name": "a", "days": 7, "mib": 128}]', "'hudi' is no format"),
        ('[{"format": "delta", "name": "a`b", "days": 7, "mib": 128}]', "is no name of a table"),
        ('[{"format": "delta", "name": "a", "days": 1, "mib": 128}]', "fewer than 7 days"),
    ],
)
def test_what_is_refused(
    spark: SparkSession, capsys: pytest.CaptureFixture[str], listed: str, message: str
) -> None:
    assert exit_code(spark, PROGRAM, [f"--tables={listed}"]) == 2
    assert message in capsys.readouterr().err

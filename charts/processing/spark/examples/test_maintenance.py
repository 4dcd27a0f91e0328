"""Tables of many small files are looked after: fewer files, the same rows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import PATIENCE, submit_arguments

HERE = Path(__file__).parent

MAKE = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
uri = sys.argv[1]
spark.sql("create namespace if not exists lake.shop")
spark.sql("create table lake.shop.orders (id bigint, name string) using iceberg")
for part in range(6):
    rows = spark.range(part * 10, part * 10 + 10, 1, 2).selectExpr("id", "cast(id as string) as name")
    rows.writeTo("lake.shop.orders").append()
    rows.write.format("delta").mode("append").save(uri)
"""

READ = """
import json, sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
both = (spark.table("lake.shop.orders"), spark.read.format("delta").load(sys.argv[1]))
print(json.dumps([sorted([row.id, row.name] for row in rows.collect()) for rows in both]))
"""


def run(folder: Path, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    submit = submit_arguments("local[2]", folder / "iceberg", **{"spark.sql.shuffle.partitions": "2"})
    environment = os.environ | {"PYSPARK_SUBMIT_ARGS": submit, "SPARK_LOCAL_IP": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, str(program), *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("maintenance")
    for name, text in (("make.py", MAKE), ("read.py", READ)):
        (made / name).write_text(text)
    done = run(made, made / "make.py", (made / "delta").as_uri())
    assert done.returncode == 0, done.stderr[-4000:]
    return made


def test_files_become_few_and_rows_stay(folder: Path) -> None:
    uri = (folder / "delta").as_uri()
    before = run(folder, folder / "read.py", uri)
    assert before.returncode == 0, before.stderr[-4000:]
    listed = [
        {"format": "iceberg", "name": "lake.shop.orders", "days": 7},
        {"format": "delta", "name": uri, "days": 7},
        {"format": "delta", "name": (folder / "none").as_uri(), "days": 7},
        {"format": "iceberg", "name": "lake.shop.none", "days": 7},
    ]
    done = run(folder, HERE / "maintenance.py", f"--tables={json.dumps(listed)}")
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    orders, files, *missing = [json.loads(line) for line in done.stdout.splitlines()]
    assert (orders["before"], orders["after"]["files"]) == ({"files": 12, "states": 6}, 1)
    assert (files["before"], files["after"]) == ({"files": 12}, {"files": 1})
    assert [each["missing"] for each in missing] == [True, True]
    after = run(folder, folder / "read.py", uri)
    assert after.returncode == 0, after.stderr[-4000:]
    assert json.loads(after.stdout.splitlines()[-1]) == json.loads(before.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("[{}]", "no list of tables"),
        ('[{"format": "hudi", "name": "a", "days": 7}]', "'hudi' is no format"),
        ('[{"format": "delta", "name": "a`b", "days": 7}]', "is no name of a table"),
        ('[{"format": "delta", "name": "a", "days": 1}]', "fewer than 7 days"),
    ],
)
def test_what_is_refused(tmp_path: Path, listed: str, message: str) -> None:
    done = run(tmp_path, HERE / "maintenance.py", f"--tables={listed}")
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr[-2000:]

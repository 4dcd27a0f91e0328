"""Runs trips.py on real data in a local Spark and compares it with a plain recomputation.

npm run test:spark    (SPARK_HOME has the jars of Delta and Iceberg)
"""

import csv
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import redirect_stdout
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import trips
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F
from support import PATIENCE, Cluster, executors, exit_code

PROGRAM = Path(trips.__file__)
DAY, NEXT_DAY = "2026-01-05", "2026-01-06"
ROWS = 3000
TABLE = "lake.examples.trips"
HEADER = "trip_id,zone,pickup_at,dropoff_at,distance_km,fare"
GOOD = "{},7,{} 10:00:00,{} 10:30:00,12.50,20.00"

Json = dict[str, Any]


def arguments(lake: Path, layer: str, *more: str) -> list[str]:
    uris = (f"--{name}={(lake / name).as_uri()}" for name in trips.LAYERS)
    return ["--layer", layer, *uris, f"--iceberg={table_of(lake)}", *more]


def table_of(lake: Path) -> str:
    """The Iceberg table of a lake: all share one catalog."""
    digest = hashlib.sha256(str(lake).encode()).hexdigest()[:8]
    return f"{TABLE}_{digest}"


def run(spark: SparkSession, lake: Path, layer: str, *more: str) -> list[Json]:
    """Runs layers as the command line would, in a session of its own; returns the JSON lines."""
    output = io.StringIO()
    with redirect_stdout(output):
        trips.run(spark.newSession(), trips.parse(arguments(lake, layer, *more)))
    return [json.loads(line) for line in output.getvalue().splitlines()]


@pytest.fixture(scope="session")
def sample(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Json]]:
    """A lake after one full run on the generated sample. Do not change it."""
    lake = tmp_path_factory.mktemp("sample")
    return lake, run(spark, lake, "all", f"--rows={ROWS}")


@pytest.fixture
def lake(spark: SparkSession, sample: tuple[Path, list[Json]], tmp_path: Path) -> Path:
    """A copy of that lake, and of its Iceberg table."""
    copied = Path(shutil.copytree(sample[0], tmp_path / "lake"))
    rows = spark.table(table_of(sample[0]))
    rows.writeTo(table_of(copied)).partitionedBy(F.col("pickup_date")).create()
    return copied


def put(lake: Path, day: str, *lines: str, header: str = HEADER) -> None:
    """Makes these lines the whole raw layer of a day."""
    folder = lake / "raw" / f"pickup_date={day}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "trips.csv").write_text("\n".join([header, *lines]) + "\n")


def utc(spark: SparkSession) -> SparkSession:
    session = spark.newSession()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    return session


def stored(spark: SparkSession, lake: Path, layer: str) -> list[Row]:
    """All rows of a table of Delta, sorted, in UTC."""
    rows = utc(spark).read.format("delta").load((lake / layer).as_uri()).collect()
    return sorted(rows, key=str)


def copied(spark: SparkSession, lake: Path) -> list[Row]:
    """The same of the Iceberg table."""
    return sorted(utc(spark).table(table_of(lake)).collect(), key=str)


def files(spark: SparkSession, lake: Path, layer: str) -> dict[str, set[str]]:
    """The data files of a layer by day: those that its table has now. Their names differ from run to run."""
    folder = lake / layer
    tracked = (folder / "_delta_log").exists()
    rows = spark.read.format("delta").load(folder.as_uri()) if tracked else None
    return by_day(rows.inputFiles() if rows else [str(each) for each in folder.rglob("part-*")])


def by_day(paths: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in map(Path, paths):
        found[path.parent.name.removeprefix("pickup_date=")].add(path.name)
    return found


class Expected:
    """What the raw layer must become, worked out without Spark."""

    def __init__(self, lake: Path) -> None:
        self.read = 0
        self.duplicates = 0
        self.reasons: Counter[str] = Counter()
        self.trips: dict[str, tuple[Any, ...]] = {}
        for path in sorted((lake / "raw").rglob("*.csv")):
            with path.open(newline="") as lines:
                for row in csv.DictReader(lines):
                    self.add(row, date.fromisoformat(path.parent.name[-10:]))

    def add(self, row: dict[str, str], day: date) -> None:
        self.read += 1
        if not all(row.values()):
            self.reasons["missing_value"] += 1
            return
        try:
            start = datetime.strptime(row["pickup_at"], "%Y-%m-%d %H:%M:%S")
            end = datetime.strptime(row["dropoff_at"], "%Y-%m-%d %H:%M:%S")
        except ValueError:
            self.reasons["bad_timestamp"] += 1
            return
        if row["distance_km"] == "n/a":
            self.reasons["bad_number"] += 1
            return
        distance, fare = Decimal(row["distance_km"]), Decimal(row["fare"])
        seconds = int((end - start).total_seconds())
        for reason, wrong in (
            ("other_day", start.date() != day),
            ("dropoff_before_pickup", seconds <= 0),
            ("negative_distance", distance < 0),
            ("negative_fare", fare < 0),
        ):
            if wrong:
                self.reasons[reason] += 1
                return
        trip = (int(row["zone"]), start, end, seconds, distance, fare, day)
        known = self.trips.get(row["trip_id"])
        self.duplicates += known is not None
        self.trips[row["trip_id"]] = trip if known is None else min(known, trip)

    def hourly(self) -> dict[tuple[date, int, int], tuple[int, Decimal, float, float]]:
        groups = defaultdict(list)
        for zone, start, _, seconds, distance, fare, day in self.trips.values():
            groups[day, zone, start.hour].append((seconds, distance, fare))
        result = {}
        for key, members in groups.items():
            seconds, distance, fare = (sum(column) for column in zip(*members, strict=True))
            speed = float(distance) / seconds * 3600
            result[key] = (len(members), fare, seconds / len(members), speed)
        return result


def test_rows_read_are_curated_quarantined_or_duplicates(
    spark: SparkSession, sample: tuple[Path, list[Json]]
) -> None:
    lake, (raw, curated, _) = sample
    expected = Expected(lake)

    assert raw == {"layer": "raw", "rows": ROWS, "generated": True}
    assert curated == {
        "layer": "curated",
        "read": ROWS,
        "written": len(expected.trips),
        "quarantined": expected.reasons.total(),
        "duplicates": expected.duplicates,
        "reasons": dict(expected.reasons),
    }
    assert ROWS == len(expected.trips) + expected.reasons.total() + expected.duplicates
    assert expected.duplicates > 0
    rows = {row["trip_id"]: tuple(row)[1:] for row in stored(spark, lake, "curated")}
    assert rows == expected.trips
    assert copied(spark, lake) == stored(spark, lake, "curated")
    reasons = Counter(row["reason"] for row in stored(spark, lake, "curated_quarantine"))
    assert reasons == expected.reasons


def test_the_sample_has_every_kind_of_dirt(sample: tuple[Path, list[Json]]) -> None:
    assert set(Expected(sample[0]).reasons) == {
        "missing_value",
        "bad_timestamp",
        "bad_number",
        "other_day",
        "dropoff_before_pickup",
        "negative_distance",
        "negative_fare",
    }


def test_aggregates_equal_a_plain_recomputation(
    spark: SparkSession, sample: tuple[Path, list[Json]]
) -> None:
    lake, (_, curated, presentation) = sample
    expected = Expected(lake).hourly()
    rows = {
        (row["pickup_date"], row["zone"], row["hour"]): (
            row["trips"],
            row["revenue"],
            pytest.approx(row["mean_duration_s"]),
            pytest.approx(row["mean_speed_kmh"]),
        )
        for row in stored(spark, lake, "presentation")
    }
    assert expected == rows
    assert presentation == {
        "layer": "presentation",
        "read": curated["written"],
        "written": len(expected),
    }


def test_the_sample_is_the_same_on_every_machine(
    spark: SparkSession, sample: tuple[Path, list[Json]], tmp_path: Path
) -> None:
    def lines(lake: Path) -> list[str]:
        paths = (lake / "raw").rglob("*.csv")
        return sorted(f"{path.parent.name} {line}" for path in paths for line in path.open())

    session = spark.newSession()
    session.conf.set("spark.sql.leafNodeDefaultParallelism", "7")
    with redirect_stdout(io.StringIO()):
        trips.run(session, trips.parse(arguments(tmp_path, "raw", f"--rows={ROWS}")))
    assert lines(tmp_path) == lines(sample[0])
    assert len(files(spark, tmp_path, "raw")) == trips.SAMPLE_DAYS


def test_a_second_run_changes_nothing(
    spark: SparkSession, sample: tuple[Path, list[Json]], lake: Path
) -> None:
    raw, *others = run(spark, lake, "all", "--rows=99")

    assert raw == {"layer": "raw", "rows": ROWS, "generated": False}
    assert files(spark, lake, "raw") == files(spark, sample[0], "raw")
    assert others == sample[1][1:]
    assert copied(spark, lake) == copied(spark, sample[0])
    for layer in ("curated", "curated_quarantine", "presentation"):
        assert stored(spark, lake, layer) == stored(spark, sample[0], layer)
        before, after = files(spark, sample[0], layer), files(spark, lake, layer)
        assert {day: len(names) for day, names in after.items()} == {
            day: len(names) for day, names in before.items()
        }
        assert not any(before[day] & after[day] for day in before), "nothing was rewritten"


def test_a_date_rewrites_only_that_day(
    spark: SparkSession, sample: tuple[Path, list[Json]], lake: Path
) -> None:
    # Both days change in the raw layer; only one of them is asked for.
    put(lake, DAY, GOOD.format("new", DAY, DAY), GOOD.format("", DAY, DAY))
    put(lake, NEXT_DAY, GOOD.format("unseen", NEXT_DAY, NEXT_DAY))
    _, curated, presentation = run(spark, lake, "all", f"--date={DAY}")

    assert (curated["read"], curated["written"], curated["quarantined"]) == (2, 1, 1)
    assert (presentation["read"], presentation["written"]) == (1, 1)
    today = [row for row in copied(spark, lake) if str(row["pickup_date"]) == DAY]
    assert [row["trip_id"] for row in today] == ["new"]
    assert len(copied(spark, lake)) == len(stored(spark, lake, "curated"))
    for layer in ("curated", "curated_quarantine", "presentation"):
        before, after = files(spark, sample[0], layer), files(spark, lake, layer)
        changed = {day for day in before | after if before[day] != after[day]}
        assert changed == {DAY}
        today = [row for row in stored(spark, lake, layer) if str(row["pickup_date"]) == DAY]
        assert len(today) == 1


def test_an_empty_day_of_a_full_lake_gets_its_own_sample(spark: SparkSession, lake: Path) -> None:
    raw, curated, _ = run(spark, lake, "all", "--date=2026-02-01", "--rows=50")
    assert raw == {"layer": "raw", "rows": 50, "generated": True}
    assert curated["read"] == 50
    assert len(files(spark, lake, "curated")) == trips.SAMPLE_DAYS + 1


def test_a_day_that_loses_its_last_good_row_leaves_nothing_behind(
    spark: SparkSession, lake: Path
) -> None:
    others = set(files(spark, lake, "raw")) - {DAY}
    put(lake, DAY, GOOD.format("", DAY, DAY))
    run(spark, lake, "curated", f"--date={DAY}")
    for layer in ("curated", "presentation"):
        assert set(files(spark, lake, layer)) == others
    assert DAY in files(spark, lake, "curated_quarantine")
    assert DAY not in {str(row["pickup_date"]) for row in copied(spark, lake)}

    put(lake, DAY, GOOD.format("repaired", DAY, DAY))
    run(spark, lake, "curated", f"--date={DAY}")
    assert set(files(spark, lake, "curated")) == others | {DAY}
    assert set(files(spark, lake, "curated_quarantine")) == others
    assert DAY in {str(row["pickup_date"]) for row in copied(spark, lake)}


REASONS = [
    ("a,7,2026-03-01 23:59:00,2026-03-02 00:20:00,12.5,20", None),
    (" a , 7 ,2026-03-01 10:00:00,2026-03-01 10:30:00, 0 , 0 ", None),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5", "malformed_line"),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5,20,1", "malformed_line"),
    (",7,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5,20", "missing_value"),
    ("a, ,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5,20", "missing_value"),
    ("a,7,2026-03-01 10:00:00,,12.5,20", "missing_value"),
    ("a,7,2026-03-01 10:00:00,2026-02-30 10:30:00,12.5,20", "bad_timestamp"),
    ("a,7,yesterday,2026-03-01 10:30:00,12.5,20", "bad_timestamp"),
    ("a,7,2026-03-01T10:00:00Z,2026-03-01 10:30:00,12.5,20", "bad_timestamp"),
    ("a,north,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5,20", "bad_number"),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:30:00,NaN,20", "bad_number"),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5,1e99", "bad_number"),
    ("a,7,2026-02-28 23:59:59,2026-03-01 00:30:00,12.5,20", "other_day"),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:00:00,12.5,20", "dropoff_before_pickup"),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:30:00,-0.01,20", "negative_distance"),
    ("a,7,2026-03-01 10:00:00,2026-03-01 10:30:00,12.5,-1", "negative_fare"),
]


def test_reasons(spark: SparkSession, tmp_path: Path) -> None:
    """One file, so that the rows come back in the order of its lines."""
    put(tmp_path, "2026-03-01", *(line for line, _ in REASONS))
    session = spark.newSession()
    for key, value in trips.SESSION.items():
        session.conf.set(key, value)
    raw = trips.load(session, (tmp_path / "raw").as_uri(), trips.RAW)
    found = [row["reason"] for row in trips.classify(raw).collect()]
    assert dict(zip(REASONS, found, strict=True)) == {case: case[1] for case in REASONS}


def test_a_quarantined_row_keeps_its_text(spark: SparkSession, tmp_path: Path) -> None:
    put(tmp_path, DAY, "a,7,yesterday,2026-01-05 10:30:00,12.50,20.00", "b,7,too,short")
    run(spark, tmp_path, "curated")
    late, short = stored(spark, tmp_path, "curated_quarantine")
    assert (late["trip_id"], late["pickup_at"], late["fare"]) == ("a", "yesterday", "20.00")
    assert (short["reason"], short["line"]) == ("malformed_line", "b,7,too,short")


def test_a_file_with_other_columns_stops_the_run(spark: SparkSession, tmp_path: Path) -> None:
    swapped = HEADER.replace("distance_km,fare", "fare,distance_km")
    put(tmp_path, DAY, GOOD.format("a", DAY, DAY), header=swapped)
    with pytest.raises(Exception, match="CSV header does not conform to the schema"):
        run(spark, tmp_path, "curated")
    assert not files(spark, tmp_path, "curated")


def test_parquet_is_zstd_with_plain_timestamps(
    spark: SparkSession, sample: tuple[Path, list[Json]]
) -> None:
    path, *_ = (sample[0] / "curated").glob("pickup_date=*/*.parquet")
    jvm = spark._jvm
    assert jvm is not None
    source = jvm.org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(
        jvm.org.apache.hadoop.fs.Path(str(path)), spark._jsc.hadoopConfiguration()
    )
    reader = jvm.org.apache.parquet.hadoop.ParquetFileReader.open(source)
    try:
        footer = reader.getFooter()
        schema = footer.getFileMetaData().getSchema().toString()
        codecs = {column.getCodec().toString() for column in footer.getBlocks()[0].getColumns()}
    finally:
        reader.close()
    assert codecs == {"ZSTD"}
    assert "int96" not in schema
    assert schema.count("TIMESTAMP(MICROS,true)") == 2


@pytest.mark.parametrize("layer", ["curated", "presentation"])
def test_an_empty_layer_is_an_error(spark: SparkSession, tmp_path: Path, layer: str) -> None:
    with pytest.raises(trips.LayerError, match="has no rows$"):
        run(spark, tmp_path, layer)


def test_a_day_without_rows_is_an_error(spark: SparkSession, lake: Path) -> None:
    for layer in ("curated", "presentation"):
        with pytest.raises(trips.LayerError, match="has no rows on 2030-01-01$"):
            run(spark, lake, layer, "--date=2030-01-01")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--layer=gold"], "argument --layer: invalid choice: 'gold'"),
        (["--date=2026-02-30"], "argument --date: invalid day value: '2026-02-30'"),
        (["--date="], "argument --date: invalid day value: ''"),
        (["--rows=0"], "argument --rows: must be at least 1"),
        (["--rows=many"], "argument --rows: invalid int value: 'many'"),
        (["--raw=/lake/raw"], "argument --raw: '/lake/raw' is not a URI with a scheme"),
        (["--raw=s3a://bucket/"], "argument --raw: 's3a://bucket/' is not a URI"),
        (["--raw=s3a://bucket/*"], "argument --raw: 's3a://bucket/*' is not a URI"),
        (["--raw=s3a://b/curated/new"], "layers need separate folders: s3a://b/curated/new lies"),
        (["--curated=s3a://b/raw/"], "layers need separate folders: s3a://b/raw lies in"),
        (["--presentation=s3a://b/curated_quarantine"], "layers need separate folders"),
        (["--iceberg=trips"], "argument --iceberg: 'trips' is no table of a catalog"),
        (["--iceberg=lake.a;drop.b"], "argument --iceberg: 'lake.a;drop.b' is no table"),
        (["--speed=1"], "unrecognized arguments: --speed=1"),
    ],
)
def test_bad_arguments(capsys: pytest.CaptureFixture[str], change: list[str], message: str) -> None:
    uris = [f"--{layer}=s3a://b/{layer}" for layer in trips.LAYERS]
    uris.append(f"--iceberg={TABLE}")
    assert trips.parse(["--layer=all", *uris]).days is None
    assert trips.parse(["--layer=all", *uris, "--date=all"]).days is None
    with pytest.raises(SystemExit) as stop:
        trips.parse(["--layer=all", *uris, *change])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert f"trips.py: error: {message}" in error
    assert error.count("error:") == 1


@pytest.mark.parametrize(
    "uri",
    [
        "s3a://bucket/trips",
        "abfss://raw@lake.dfs.core.windows.net/trips",
        "gs://b/trips",
        "file:/t",
    ],
)
def test_every_scheme_is_accepted(uri: str) -> None:
    others = ["--curated=s3a://b/c", "--presentation=s3a://b/p", f"--iceberg={TABLE}"]
    options = trips.parse(["--layer=raw", f"--raw={uri}/", *others])
    assert options.raw == uri.replace("file:/", "file:///")


def test_the_exit_code_tells_an_empty_layer(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(spark, PROGRAM, arguments(tmp_path, "presentation")) == 3
    output, error = capsys.readouterr()
    curated = (tmp_path / "curated").as_uri()
    assert output == ""
    assert error == f"trips.py: error: the curated layer {curated} has no rows\n"


def test_a_lost_executor_changes_nothing(
    spark: SparkSession, sample: tuple[Path, list[Json]], tmp_path: Path
) -> None:
    """One of two executors is killed after it has cached and shuffled rows of the raw layer."""
    lake = tmp_path / "lake"
    shutil.copytree(sample[0] / "raw", lake / "raw")
    cluster = Cluster(tmp_path, {"spark.sql.shuffle.partitions": "4"})
    # The executors need no Python.
    variables = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": "/nonexistent"}
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments(lake, "curated")],
        env=os.environ | variables | cluster.environment,
        cwd=lake,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE

        def wait(event: str, times: int) -> None:
            while sum(each["Event"] == event for each in cluster.log()) < times:
                assert process.poll() is None, process.communicate()[1]
                assert time.monotonic() < deadline
                time.sleep(0.02)

        wait("SparkListenerExecutorAdded", 2)
        first, _ = executors(process.pid)
        wait("SparkListenerStageCompleted", 1)
        os.kill(first, signal.SIGKILL)
        output, error = process.communicate(timeout=PATIENCE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    assert process.returncode == 0, error
    names = [event["Event"] for event in cluster.log()]
    lost = names.index("SparkListenerExecutorRemoved")
    assert "SparkListenerJobStart" in names[lost:], "the job was over before the executor was"
    assert json.loads(output) == sample[1][1]
    for layer in ("curated", "curated_quarantine"):
        assert stored(spark, lake, layer) == stored(spark, sample[0], layer)

"""Runs training.py and takes from it what may be lost: an executor, the driver, a checkpoint.

A driver that is lost is a process of its own; what nothing befalls runs in the Spark that the tests share.
"""

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import training
from pyspark.sql import SparkSession
from support import PATIENCE, Cluster, executors, exit_code

PROGRAM = Path(training.__file__)
ROWS = 2000
SIZE = ["--epochs=40", "--every=4", "--partitions=2"]

Json = dict[str, Any]


def write_trips(spark: SparkSession, folder: Path, rows: int = ROWS) -> None:
    """Curated trips of two days whose fare follows from distance and duration, with noise."""
    random = np.random.default_rng(7)
    start = datetime(2026, 1, 5, tzinfo=UTC)
    seconds = random.integers(0, 2 * 86_400, rows)
    minutes = random.integers(5, 60, rows)
    distance = (minutes * random.uniform(0.2, 0.9, rows)).round(2)
    fare = (3 + 2 * distance + 0.25 * minutes + random.normal(0, 0.5, rows)).round(2)
    folder.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "trip_id": [f"trip-{number}" for number in range(rows)],
            "pickup_at": pa.array(
                [start + timedelta(seconds=int(each)) for each in seconds],
                pa.timestamp("us", "UTC"),
            ),
            "duration_s": pa.array(minutes * 60, pa.int64()),
            "distance_km": pa.array([Decimal(f"{each:.2f}") for each in distance], pa.decimal128(8, 2)),
            "fare": pa.array([Decimal(f"{each:.2f}") for each in fare], pa.decimal128(10, 2)),
        }
    )
    file = folder.with_suffix(".parquet")
    pq.write_table(table, file)
    spark.read.parquet(file.as_uri()).write.format("delta").save(folder.as_uri())


@pytest.fixture(scope="session")
def trips(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake") / "trips"
    write_trips(spark, folder)
    return folder


def arguments(folder: Path, trips: Path) -> list[str]:
    """Model and checkpoints go below `folder`."""
    uris = {"trips": trips, "model": folder / "model", "checkpoint": folder / "checkpoint"}
    return [*(f"--{name}={path.as_uri()}" for name, path in uris.items()), *SIZE]


def run(spark: SparkSession, folder: Path, trips: Path) -> list[Json]:
    """What a run says that ended well."""
    output = io.StringIO()
    with redirect_stdout(output):
        assert exit_code(spark, PROGRAM, arguments(folder, trips)) == 0
    return [json.loads(line) for line in output.getvalue().splitlines()]


def start(folder: Path, trips: Path, **variables: str) -> "subprocess.Popen[str]":
    """Starts training.py as a process, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments(folder, trips)],
        env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, **variables},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def checkpoints(folder: Path) -> list[Path]:
    return sorted((folder / "checkpoint").glob("epoch-*.json"))


def epoch(checkpoint: Path) -> int:
    return int(checkpoint.stem[6:])


def wait_for_checkpoint(process: "subprocess.Popen[str]", folder: Path, least: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not any(epoch(path) >= least for path in checkpoints(folder)):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="session")
def undisturbed(
    spark: SparkSession, trips: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Json], bytes]:
    """What a run says that nothing befalls, and its model."""
    folder = tmp_path_factory.mktemp("undisturbed")
    said = run(spark, folder, trips)
    return said, (folder / "model" / "model.json").read_bytes()


def test_the_model_is_close_to_the_best_there_is(
    trips: Path, undisturbed: tuple[list[Json], bytes]
) -> None:
    said, model = undisturbed
    steps = [each["step"] for each in said]
    assert steps == ["trips", "start", *["epoch"] * 10, "model"]
    errors = [each["error"] for each in said if each["step"] == "epoch"]
    assert errors[-1] < errors[0] / 10
    found = json.loads(model)
    table = pq.read_table(trips.with_suffix(".parquet")).to_pydict()
    hours = [each.hour + each.minute / 60 for each in table["pickup_at"]]
    features = np.column_stack(
        [
            np.array(table["distance_km"], dtype=float),
            np.array(table["duration_s"]) / 60,
            np.sin(2 * np.pi * np.array(hours) / 24),
            np.cos(2 * np.pi * np.array(hours) / 24),
        ]
    )
    fares = np.array(table["fare"], dtype=float)
    best, *_ = np.linalg.lstsq(np.column_stack([np.ones(ROWS), features]), fares)
    predicted = found["intercept"] + features @ np.array(list(found["weights"].values()))
    least = np.sqrt(np.mean((features @ best[1:] + best[0] - fares) ** 2))
    assert np.sqrt(np.mean((predicted - fares) ** 2)) < 1.3 * least
    # One in ten is held out.
    rows = said[0]["rows"]
    assert rows + found["rows"] == ROWS
    assert 0.05 < found["rows"] / ROWS < 0.15
    assert found["error"] < 0.2 * found["error_of_mean"]


def test_a_lost_executor_and_a_lost_driver_change_nothing(
    spark: SparkSession, trips: Path, undisturbed: tuple[list[Json], bytes], tmp_path: Path
) -> None:
    """One of two executors is killed between epochs, with the rows that it keeps; later the driver."""
    cluster = Cluster(tmp_path, {})
    process = start(tmp_path, trips, **cluster.environment)
    try:
        wait_for_checkpoint(process, tmp_path, 4)
        first, _ = executors(process.pid)
        os.kill(first, signal.SIGKILL)
        reached = epoch(checkpoints(tmp_path)[-1])
        # Both checkpoints that are kept are made after the loss, also where an epoch was on its way.
        wait_for_checkpoint(process, tmp_path, reached + 12)
    finally:
        kill(process)
    *_, before, last = checkpoints(tmp_path)
    assert epoch(last) < 40, "the run was over before it was killed"
    names = [event["Event"] for event in cluster.log()]
    lost = names.index("SparkListenerExecutorRemoved")
    assert names[lost:].count("SparkListenerJobStart") >= 8, "the executor was lost too late"
    # Cut off, as by a driver that is lost while it writes. Hadoop's checksum beside it would tell, on a disk alone.
    last.write_bytes(last.read_bytes()[:100])
    (last.parent / f".{last.name}.crc").unlink(missing_ok=True)
    said = run(spark, tmp_path, trips)
    assert {"step": "checkpoint", "name": last.name, "used": False, "reason": "it is not whole"} in said
    assert {"step": "resume", "epoch": epoch(before)} in said
    assert (tmp_path / "model" / "model.json").read_bytes() == undisturbed[1]
    assert len(checkpoints(tmp_path)) == training.KEPT


def test_no_trips_are_an_error(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trips = tmp_path / "trips"
    write_trips(spark, trips, 0)
    capsys.readouterr()
    assert exit_code(spark, PROGRAM, arguments(tmp_path, trips)) == 3
    output, error = capsys.readouterr()
    assert output == ""
    assert error == "training.py: error: there are no trips to learn from\n"


class Memory:
    """A store in memory."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}

    def names(self) -> list[str]:
        return sorted(self.files)

    def write(self, name: str, text: str) -> None:
        self.files[name] = text

    def read(self, name: str) -> str:
        return self.files[name]

    def remove(self, name: str) -> None:
        del self.files[name]


def state(epoch: int) -> training.State:
    return training.State(epoch, [0.1, 1 / 3], [0.0, -1e-17], [2.5], [1.0])


def test_checkpoints_of_other_trips_are_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    store = Memory()
    ours, others = (training.Checkpoints(store, {"rows": rows}) for rows in (1, 2))
    assert ours.last() is None
    for epoch in (5, 10):
        ours.save(state(epoch))
    assert ours.last() == state(10)
    assert others.last() is None
    assert capsys.readouterr().out.count("it is of other trips or arguments") == 2
    others.tidy(0)
    assert store.names() == []


def test_the_last_checkpoints_stay(capsys: pytest.CaptureFixture[str]) -> None:
    store = Memory()
    ours = training.Checkpoints(store, {})
    for epoch in (2, 4, 6, 8):
        ours.save(state(epoch))
        ours.tidy(epoch)
    assert store.names() == ["epoch-000006.json", "epoch-000008.json"]
    store.files["epoch-000008.json"] = store.files["epoch-000008.json"][:-1]
    assert ours.last() == state(6)
    assert "it is not whole" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--trips=/lake/trips"], "argument --trips: '/lake/trips' is not a URI with a scheme"),
        (["--epochs=0"], "argument --epochs: 0 is below 1"),
        (["--every=x"], "argument --every: invalid count value: 'x'"),
        (["--rate=2"], "argument --rate: 2.0 is not above 0 and at most 1"),
        (["--speed=1"], "unrecognized arguments: --speed=1"),
    ],
)
def test_bad_arguments(capsys: pytest.CaptureFixture[str], change: list[str], message: str) -> None:
    uris = [f"--{name}=s3a://b/{name}" for name in ("trips", "model", "checkpoint")]
    training.parse(uris)
    with pytest.raises(SystemExit) as stop:
        training.parse([*uris, *change])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert f"training.py: error: {message}" in error
    assert error.count("error:") == 1

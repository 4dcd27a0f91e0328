"""The streaming job of the example against the real Kafka: every message in the table once, whatever is killed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster import ROOT, Cluster
from pyspark.sql import Row, SparkSession

PROGRAM = ROOT / "charts/processing/spark/examples/stream.py"
TOPIC = "ingestion.trips"
VALID = '{"trip_id":"t%d","zone":%d,"pickup_at":"2026-01-05T08:00:00Z","distance_km":1.5,"fare":7.25}'


# Nothing here is large: work in as few parts as there are cores.
SMALL = {"spark.sql.shuffle.partitions": "2", "spark.databricks.delta.snapshotPartitions": "1"}


def jars() -> list[str]:
    """What the job fetches, less what the image of Spark has already."""

    def name(jar: Path) -> str:
        return re.sub(r"-\d[\w.-]*\.jar$", "", jar.name)

    has = {name(jar) for jar in Path(os.environ["SPARK_HOME"], "jars").glob("*.jar")}
    return sorted(str(jar) for jar in Path(os.environ["STREAM_JARS"]).glob("*.jar") if name(jar) not in has)


class Stream:
    """The job as it is rendered, with its table, its checkpoint and the cluster on this machine."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.folder = folder
        self.table = folder / "table"
        self.checkpoint = folder / "checkpoint"
        self.job = cluster.rendered.one("SparkApplication", "trips-stream")["spec"]
        secret = folder / "secret"
        secret.mkdir()
        (secret / "sasl.jaas.config").write_text(cluster.jaas("team-ingestion"))
        (secret / "ca.crt").write_text(cluster.authority.certificate.read_text())
        self.here = {
            "bootstrap": cluster.bootstrap(),
            "table": self.table.as_uri(),
            "checkpoint": self.checkpoint.as_uri(),
            "secret": str(secret),
            "trigger-seconds": "1",
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.runs = 0

    def arguments(self) -> list[str]:
        """Those of the job, with what differs on this machine."""
        given = dict(each.removeprefix("--").split("=", 1) for each in self.job["arguments"])
        assert given.keys() > self.here.keys()
        assert given["topic"] == TOPIC
        return [f"--{key}={self.here.get(key, value)}" for key, value in given.items()]

    def start(self, *more: str) -> None:
        conf = {key: value for key, value in self.job["sparkConf"].items() if not key.startswith("spark.jars")}
        conf |= self.cluster.rendered.tables()
        conf |= {"spark.jars": ",".join(jars()), "spark.driver.bindAddress": "127.0.0.1"}
        conf |= {"spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false", **SMALL}
        flags = [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")]
        submit = Path(os.environ["SPARK_HOME"], "bin/spark-submit")
        self.runs += 1
        log = self.log.open("wb")
        self.process = subprocess.Popen(
            [str(submit), "--master", "local[2]", "--driver-memory", "768m", *flags, str(PROGRAM)]
            + [*self.arguments(), *more],
            stdout=log,
            stderr=log,
            env=os.environ | {"PYSPARK_PYTHON": sys.executable},
            # Killed as a whole, like the container of a driver.
            start_new_session=True,
        )

    @property
    def log(self) -> Path:
        return self.folder / f"run-{self.runs}.log"

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def committed(self) -> int:
        """Commits of the table: batches, and what was put together of small files."""
        return len(list((self.table / "_delta_log").glob("*.json")))

    def until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 600
        while not holds():
            assert self.process and self.process.poll() is None, f"the job ended:\n{self.log.read_text()[-4000:]}"
            assert time.monotonic() < end, f"{what} did not happen:\n{self.log.read_text()[-4000:]}"
            time.sleep(0.2)

    def produce(self, first: int, count: int, *others: str) -> None:
        values = [VALID % (number, number % 7) for number in range(first, first + count)] + list(others)
        task = {"topic": TOPIC, "values": values}
        assert self.cluster.client("team-ingestion", "produce", task) == {"sent": len(values)}

    def last_batch(self) -> int:
        return max((int(each.name) for each in (self.checkpoint / "commits").glob("[0-9]*")), default=-1)


@pytest.fixture
def stream(cluster: Cluster, tmp_path: Path) -> Iterator[Stream]:
    stream = Stream(cluster, tmp_path)
    yield stream
    stream.kill()


@pytest.fixture(scope="module")
def spark(cluster: Cluster) -> Iterator[SparkSession]:
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.jars", ",".join(jars()))
        .config(map=cluster.rendered.tables())
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config(map=SMALL)
        .getOrCreate()
    )
    yield session
    session.stop()


def counts(spark: SparkSession, table: Path) -> Row:
    rows = spark.read.format("delta").load(str(table))
    result = rows.selectExpr(
        "count(*) as rows",
        "count(distinct partition, offset) as messages",
        "count_if(fits) as fitting",
        "count(distinct trip_id) filter (where fits) as trips",
        "sum(fare) as fares",
    ).first()
    assert result is not None
    return result


def test_every_message_is_in_the_table_once(stream: Stream, spark: SparkSession) -> None:
    broken = ("no JSON at all", '{"trip_id": "cut off', '{"trip_id":"x","zone":"east"}')
    stream.produce(0, 2000, *broken)
    stream.start("--max-messages=1000")
    # Killed in the middle of its work: there is more to come.
    stream.until(lambda: stream.last_batch() >= 0, "a first batch")
    stream.kill()
    stopped_at = stream.committed()
    stream.produce(2000, 1000)

    # A run that was killed after the table had a batch and before the checkpoint knew it.
    last = stream.last_batch()
    for file in (stream.checkpoint / "commits").glob(f"*{last}*"):
        file.unlink()
    stream.start("--max-messages=1000")
    stream.until(lambda: stream.committed() > stopped_at, "a batch after the restart")
    stream.kill()

    stream.start()
    stream.until(lambda: everything(spark, stream.table, 3003), "the end of the topic")
    # Auto compaction may still be at work; it must not change what is there.
    time.sleep(3)
    stream.kill()
    found = counts(spark, stream.table)
    assert found.asDict() == {
        "rows": 3003,
        "messages": 3003,
        "fitting": 3000,
        "trips": 3000,
        "fares": 3000 * 7.25,
    }
    unreadable = spark.read.format("delta").load(str(stream.table)).where("not fits").select("value")
    assert sorted(row.value for row in unreadable.collect()) == sorted(broken)

    # The password is in no log, no plan and no checkpoint.
    written = [*stream.folder.glob("run-*.log"), *(each for each in stream.checkpoint.rglob("*") if each.is_file())]
    assert len(written) > 6
    password = stream.cluster.passwords["team-ingestion"]
    assert [each.name for each in written if password in each.read_text(errors="replace")] == []


def everything(spark: SparkSession, table: Path, count: int) -> bool:
    return spark.read.format("delta").load(str(table)).count() >= count


def test_messages_that_went_unread_are_told(stream: Stream) -> None:
    stream.produce(0, 10)
    stream.start()
    stream.until(lambda: stream.last_batch() >= 0, "a first batch")
    stream.kill()
    stream.produce(10, 10)
    assert stream.cluster.admin("forget", {"topic": TOPIC}) == {}
    stream.start()
    assert stream.process
    assert stream.process.wait(timeout=600) == 1
    assert "Some data may have been lost" in stream.log.read_text()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("--table=nowhere", "is not a URI with a scheme and a folder"),
        ("--checkpoint=file:///t/table/checkpoint", "table and checkpoint need separate folders"),
        ("--max-messages=0", "0 is below 1"),
    ],
)
def test_a_wrong_command_line_is_told(changed: str, message: str) -> None:
    right = {"bootstrap": "h:1", "topic": "t", "table": "file:///t/table", "checkpoint": "file:///t/checkpoint"}
    right |= {"group-prefix": "g", "secret": "/s"}
    arguments = [f"--{key}={value}" for key, value in right.items()]
    done = subprocess.run([sys.executable, str(PROGRAM), *arguments, changed], capture_output=True, text=True)
    assert done.returncode == 2
    assert message in done.stderr

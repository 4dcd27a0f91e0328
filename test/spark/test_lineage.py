"""Runs a job with the settings of lineage that are rendered, and takes its events as the server would."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rendered import PATIENCE, Json, defaults, free_port, render, without_cluster

# Tables and plain files. For sums, executors exchange rows, which Spark plans anew while it runs.
JOB = """
import sys
from pyspark.sql import SparkSession
source, folder = sys.argv[1:]
spark = SparkSession.builder.appName("orders").getOrCreate()
rows = spark.read.option("header", True).csv(source)
sums = rows.groupBy("zone").count()
sums.write.format("delta").save(folder + "/delta")
sums.writeTo("lake.web.orders").using("iceberg").create()
rows.write.parquet(folder + "/copied")
sums.write.parquet(folder + "/summed")
spark.conf.set("spark.sql.optimizer.plannedWrite.enabled", "false")
sums.write.parquet(folder + "/unplanned")
spark.stop()
"""


class Server(ThreadingHTTPServer):
    """Keeps the events that it is sent, with the path that they came to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.events: list[tuple[str, Json]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.events.append((self.path, json.loads(body)))
        self.send_response(201)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def run(folder: Path, port: int) -> "subprocess.CompletedProcess[str]":
    """Runs the job with what is rendered for a server at a port."""
    lineage = {"url": f"http://127.0.0.1:{port}", "namespace": "lake"}
    conf = defaults(render({"lineage": lineage, "connect": {"teams": []}}))
    (packages,) = re.findall(r"^spark\.jars\.packages (\S+)", conf, re.MULTILINE)
    (listener,) = (each for each in packages.split(",") if "openlineage" in each)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lakeport" / "ivy"
    here = {
        "spark.master": "local[1]",
        "spark.jars.packages": listener,
        "spark.jars.ivy": str(cache),
        "spark.ui.enabled": "false",
        "spark.driver.port": "0",
        "spark.driver.blockManager.port": "0",
        "spark.blockManager.port": "0",
        "spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.catalog.lake.warehouse": (folder / "iceberg").as_uri(),
        "spark.sql.shuffle.partitions": "2",
        "spark.databricks.delta.snapshotPartitions": "1",
    }
    mine = "".join(f"{key} {value}\n" for key, value in here.items())
    kept = [line for line in without_cluster(conf).splitlines(True) if line.split()[0] not in here]
    (folder / "spark-defaults.conf").write_text("".join(kept) + mine)
    (folder / "job.py").write_text(JOB)
    (folder / "orders.csv").write_text("zone,fare\n7,12\n8,10\n7,3\n")
    return subprocess.run(
        [
            sys.executable,
            str(folder / "job.py"),
            (folder / "orders.csv").as_uri(),
            (folder / "out").as_uri(),
        ],
        env={**os.environ, "SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": "127.0.0.1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_job_tells_what_it_read_and_wrote(server: Server, tmp_path: Path) -> None:
    ran = run(tmp_path, server.server_port)
    assert ran.returncode == 0, ran.stderr
    assert {path for path, _ in server.events} == {"/api/v1/lineage"}
    events = [event for _, event in server.events]
    assert {event["job"]["namespace"] for event in events} == {"lake"}
    kinds = [event["eventType"] for event in events]
    assert "START" in kinds
    assert "COMPLETE" in kinds
    inputs = {each["name"] for event in events for each in event.get("inputs", [])}
    outputs = {each["name"] for event in events for each in event.get("outputs", [])}
    assert str(tmp_path / "orders.csv") in inputs
    written = {f"{tmp_path}/out/{name}" for name in ("delta", "copied", "unplanned")}
    # Plain files behind an exchange are not told where Delta is on (OpenLineage issue 4299), but for the documented setting.
    assert list((tmp_path / "out/summed").glob("*.parquet"))
    assert outputs == written | {f"{tmp_path}/iceberg/web/orders"}
    assert "Exception" not in "".join(
        line for line in ran.stderr.splitlines(True) if "openlineage" in line.lower()
    )


def test_a_server_that_does_not_answer_costs_no_job(tmp_path: Path) -> None:
    ran = run(tmp_path, free_port())
    assert ran.returncode == 0, ran.stderr
    assert list((tmp_path / "out/copied").glob("*.parquet"))

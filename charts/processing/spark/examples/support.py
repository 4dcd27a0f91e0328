"""What tests need of Spark: the tables of the platform, and executors that can be lost."""

import json
import os
import runpy
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pyspark.sql import SparkSession

# Seconds that a process may take; a busy machine needs a hundred to start Java.
PATIENCE = 400
# What lives for seconds is not worth compiling twice, nor collecting with many threads or often.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmn400m"
# Nothing here is large: the log of a table is read in one part.
SMALL = {
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.driver.defaultJavaOptions": JAVA,
    "spark.executor.defaultJavaOptions": JAVA,
    "spark.ui.enabled": "false",
}


def tables(warehouse: Path) -> dict[str, str]:
    """What is set for the tables of every job, as it is rendered, with a folder as the catalog."""
    rendered = "dist/onprem/spark/configmap-spark-operator-defaults.yaml"
    keys = ("spark.sql.extensions ", "spark.sql.catalog.")
    text = (Path(__file__).parents[4] / rendered).read_text()
    lines = (line.strip() for line in text.splitlines())
    found = dict(line.split(" ", 1) for line in lines if line.startswith(keys))
    here = {"spark.sql.catalog.lake.type": "hadoop", "spark.sql.catalog.lake.warehouse": str(warehouse)}
    return found | here | SMALL


def submit_arguments(master: str, warehouse: Path, **more: str) -> str:
    """What PySpark starts Spark with."""
    chosen = tables(warehouse) | more
    listed = shlex.join(part for key, value in chosen.items() for part in ("--conf", f"{key}={value}"))
    return f"--master {master} {listed} pyspark-shell"


def exit_code(spark: SparkSession, program: Path, arguments: Sequence[str]) -> object:
    """What a program ends with that is run as the command line would, but in a Spark that is there already."""
    with (
        patch.object(sys, "argv", [str(program), *arguments]),
        # What the program finds in place of starting one, and stops.
        patch.object(SparkSession, "_instantiatedSession", spark.newSession()),
        patch.object(SparkSession, "stop"),
    ):
        try:
            runpy.run_path(str(program), run_name="__main__")
        except SystemExit as end:
            return end.code
    raise AssertionError(f"{program.name} tells nothing by its exit code")


class Cluster:
    """A driver with two executors, each a process of its own, by the environment of whoever starts it."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        # Spark's own folder, so that the executors' working folders are not made in the installation.
        home, self._events = folder / "spark", folder / "events"
        home.mkdir()
        self._events.mkdir()
        for name in ("bin", "jars"):
            (home / name).symlink_to(Path(os.environ["SPARK_HOME"]) / name)
        chosen = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": self._events.as_uri(),
            "spark.eventLog.compress": "false",
            "spark.eventLog.rolling.enabled": "false",
            **settings,
        }
        submit = submit_arguments("local-cluster[2,1,1024]", folder / "iceberg", **chosen)
        self.environment = {
            "PYSPARK_SUBMIT_ARGS": submit,
            "SPARK_HOME": str(home),
            "SPARK_SCALA_VERSION": "2.13",
        }

    def log(self) -> list[dict[str, Any]]:
        """Events of the application so far, oldest first."""
        texts = [path.read_text() for path in self._events.iterdir()]
        lines = [line for text in texts for line in text.splitlines(True)]
        return [json.loads(line) for line in lines if line.endswith("\n")]


def executors(root: int) -> list[int]:
    """Process ids of the executor JVMs below a process."""
    listing = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    table = [line.split(maxsplit=2) for line in listing.stdout.splitlines()]
    below = {root}
    for _ in table:
        below |= {int(pid) for pid, parent, *_ in table if int(parent) in below}
    return [
        int(pid)
        for pid, _, *command in table
        if int(pid) in below and "CoarseGrainedExecutorBackend" in "".join(command)
    ]

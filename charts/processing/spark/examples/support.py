"""What tests need that lose processes of Spark."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pyspark

# Seconds that a process may take; a busy machine needs a hundred to start Java.
PATIENCE = 400


class Cluster:
    """A driver with two executors, each a process of its own, by the environment of whoever starts it."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        # Spark's own folder, so that the executors' working folders are not made in the installation.
        home, self._events = folder / "spark", folder / "events"
        home.mkdir()
        self._events.mkdir()
        for name in ("bin", "jars"):
            (home / name).symlink_to(Path(pyspark.__file__).parent / name)
        chosen = {
            "spark.ui.enabled": "false",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": self._events.as_uri(),
            "spark.eventLog.compress": "false",
            "spark.eventLog.rolling.enabled": "false",
            **settings,
        }
        submit = " ".join(f"--conf {key}={value}" for key, value in chosen.items())
        self.environment = {
            "PYSPARK_SUBMIT_ARGS": f"--master local-cluster[2,1,1024] {submit} pyspark-shell",
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

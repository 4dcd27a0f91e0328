"""A job with the real Spark: a driver and executors of their own, which can be lost like spot nodes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from rendered import PROGRAMS, Job, Site

Json = dict[str, Any]
PATIENCE = 900
EXECUTORS = 2
# Two cores for many short programs: compiling well costs more than it saves.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# What is otherwise than in a cluster: there is no Kubernetes, so executors are processes of Spark's own small cluster,
# as many as a small machine can bear; jars are there as in the image.
HERE = {
    "spark.master": f"local-cluster[{EXECUTORS},1,1024]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.executor.memory": "1g",
    "spark.executor.cores": "1",
    "spark.driver.defaultJavaOptions": JAVA,
    "spark.executor.defaultJavaOptions": JAVA,
    "spark.jars": "",
    "spark.jars.packages": "",
    # Work in few parts, since there are few cores.
    "spark.sql.shuffle.partitions": "4",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.ui.showConsoleProgress": "false",
}


def environment(folder: Path) -> dict[str, str]:
    """Variables of a driver, with a home of Spark in this folder, where executors have theirs."""
    home = folder / "spark"
    if not home.exists():
        home.mkdir()
        for name in ("bin", "jars"):
            (home / name).symlink_to(Path(os.environ["SPARK_HOME"]) / name)
    return os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_SCALA_VERSION": "2.13",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "PYSPARK_PYTHON": sys.executable,
    }


def executors() -> list[int]:
    """Process ids of executors. Nobody else's processes are to be seen from here."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in command:
            found.append(int(entry.parent.name))
    return sorted(found)


class Run:
    """A job while it runs."""

    def __init__(self, site: Site, job: Job, folder: Path, here: dict[str, str], packages: list[str]) -> None:
        self.job = job
        self.folder = folder / job.name
        self.folder.mkdir(exist_ok=True)
        self.log = self.folder / f"run-{len(list(self.folder.glob('run-*.log')))}.log"
        (self.folder / "spark-defaults.conf").write_text(site.defaults())
        program = job.program
        if program.startswith(PROGRAMS):
            (self.folder / Path(program).name).write_text(site.program(job))
            program = str(self.folder / Path(program).name)
        arguments = (
            [f"--{key}={here.get(key, value)}" for key, value in job.options().items()] if here else job.arguments
        )
        assert here.keys() <= job.options().keys()
        conf = job.conf | HERE | {"spark.jars": ",".join(packages)}
        flags = [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")]
        variables = environment(folder) | {"SPARK_CONF_DIR": str(self.folder)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [f"{variables['SPARK_HOME']}/bin/spark-submit", *flags, program, *arguments],
                cwd=self.folder,
                env=variables,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # Ended as a whole, like a pod.
                start_new_session=True,
            )

    def asked(self, path: str) -> Any:
        """What the driver's own page says, as JSON; None while it says nothing."""
        url = "http://127.0.0.1:4040/api/v1/applications"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                ids = [each["id"] for each in json.load(answer)]
            with urllib.request.urlopen(f"{url}/{ids[0]}/{path}", timeout=5) as answer:
                return json.load(answer)
        except (OSError, IndexError, ValueError):
            # ValueError: while it starts, it answers in words.
            return None

    def until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, f"{self.job.name} was over before {what}:\n{self.tail()}"
            assert time.monotonic() < end, f"{what} did not happen:\n{self.tail()}"
            time.sleep(0.2)

    def shuffles(self) -> int:
        """Stages that have left results on executors."""
        done = self.asked("stages?status=complete") or []
        return sum(each["shuffleWriteBytes"] > 0 for each in done)

    def lose(self) -> None:
        """A spot node goes without a notice."""
        self.until(lambda: len(executors()) > 0, "an executor")
        chosen = executors()[0]
        os.kill(chosen, signal.SIGKILL)
        self.until(lambda: chosen not in executors(), "the end of an executor")

    def ended(self) -> list[Json]:
        """Waits for the end of the job; the lines of JSON that it has printed."""
        output, _ = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, f"{self.job.name} failed:\n{self.tail()}"
        return [json.loads(line) for line in output.splitlines() if line.startswith("{")]

    def kill(self) -> None:
        """The node of the driver goes, and with the driver its executors."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for each in executors():
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines[-60:] if not re.search(r" (INFO|WARN) ", line))[-4000:]

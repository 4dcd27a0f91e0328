"""What lakeport renders of Spark for the first team of a site, for tests that run it."""

import json
import re
import socket
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Seconds that a process may take; a busy machine needs a hundred to start Java.
PATIENCE = 900
# Settings that only a cluster has.
CLUSTER = re.compile(
    r"spark\.(kubernetes|dynamicAllocation|submit|jars|eventLog|master|storage\.decommission|hadoop)\b"
)

Json = dict[str, Any]


def render(settings: Json) -> list[Json]:
    """The objects, with these settings of Spark."""
    made = subprocess.run(
        ["node", str(HERE / "../../bin/run.js"), str(HERE / "render.ts"), json.dumps(settings)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return list(json.loads(made.stdout))


def find(objects: list[Json], kind: str, name: str) -> Json:
    (found,) = (each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name)
    return dict(found)


def defaults(objects: list[Json]) -> str:
    """What sessions are started with: the file."""
    return str(find(objects, "ConfigMap", "spark-defaults")["data"]["spark-defaults.conf"])


def without_cluster(conf: str) -> str:
    """The same less what only a cluster has."""
    return "".join(line for line in conf.splitlines(True) if not CLUSTER.match(line))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

"""A worker of Kafka Connect with the rendered settings lands a topic in an Iceberg table, each message once."""

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import JARS, JAVA, QUIET, Cluster, free_ports, text_of

TOPIC = "ingestion.landed"
NAME = f"{TOPIC}.iceberg"


class Worker:
    """One worker; its sink is told of a table on this machine, in place of the REST catalog of the site."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.folder = folder
        self.warehouse = folder / "warehouse"
        (self.port,) = free_ports(1)
        self.process: subprocess.Popen[bytes] | None = None
        self.runs = 0

    def properties(self) -> dict[str, str]:
        """What the operator writes of the KafkaConnect object: who it is in four forms, then `config` as it is."""
        spec = self.cluster.rendered.one("KafkaConnect", "connect")["spec"]
        assert spec["authentication"]["type"] == "scram-sha-512"
        assert [each["name"] for each in spec["plugins"]] == ["iceberg"]
        who = {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.jaas.config": self.cluster.jaas(spec["authentication"]["username"]),
            "ssl.truststore.location": str(self.cluster.authority.certificate),
            "ssl.truststore.type": "PEM",
        }
        plugins = self.folder / "plugins"
        plugins.mkdir(exist_ok=True)
        if not (plugins / "iceberg").exists():
            (plugins / "iceberg").symlink_to(os.environ["SINK_JARS"])
        return (
            {
                "bootstrap.servers": self.cluster.bootstrap(),
                "group.id": spec["groupId"],
                "config.storage.topic": spec["configStorageTopic"],
                "offset.storage.topic": spec["offsetStorageTopic"],
                "status.storage.topic": spec["statusStorageTopic"],
                "listeners": f"http://127.0.0.1:{self.port}",
                "rest.advertised.host.name": "127.0.0.1",
                "plugin.path": str(plugins),
            }
            | {f"{prefix}{key}": value for prefix in ("", "producer.", "consumer.", "admin.") for key, value in who.items()}
            | {key: text_of(value) for key, value in spec["config"].items()}
        )

    def connector(self) -> dict[str, Any]:
        """The config of the KafkaConnector, less the catalog and the store that are not here."""
        spec = self.cluster.rendered.one("KafkaConnector", NAME)["spec"]
        config = {key: value for key, value in spec["config"].items() if not key.startswith("iceberg.catalog.")}
        assert spec["config"]["iceberg.catalog.type"] == "rest"
        here = {"iceberg.catalog.type": "hadoop", "iceberg.catalog.warehouse": self.warehouse.as_uri()}
        return {"connector.class": spec["class"], "tasks.max": spec["tasksMax"], **config, **here}

    def start(self) -> None:
        config = str(self.cluster.file("worker.properties", self.properties()))
        self.runs += 1
        log = self.log.open("wb")
        main = "org.apache.kafka.connect.cli.ConnectDistributed"
        self.process = subprocess.Popen(
            [JAVA, "-Xmx512m", "-XX:+UseSerialGC", QUIET, "-cp", f"{JARS}/*", main, config], stdout=log, stderr=log
        )
        self.until(lambda: self.request("GET", "/connectors") is not None, "the worker")

    @property
    def log(self) -> Path:
        return self.folder / f"worker-{self.runs}.log"

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def request(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        call = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(call, timeout=20) as answer:
                return json.load(answer)
        except OSError:
            # Not there yet, or busy with its group.
            return None

    def until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 600
        while not holds():
            assert self.process and self.process.poll() is None, f"the worker ended:\n{self.log.read_text()[-4000:]}"
            status = self.request("GET", f"/connectors/{NAME}/status") or {}
            failed = [task["trace"] for task in status.get("tasks", []) if task["state"] == "FAILED"]
            assert not failed, failed[0]
            assert time.monotonic() < end, f"{what} did not come:\n{self.log.read_text()[-4000:]}"
            time.sleep(1)

    def landed(self) -> int:
        """Rows of the table, by its current snapshot."""
        metadata = self.warehouse / "raw" / "landed" / "metadata"
        files = sorted(
            metadata.glob("v*.metadata.json"), key=lambda file: int(re.findall(r"\d+", file.name)[0])
        )
        if not files:
            return 0
        table = json.loads(files[-1].read_text())
        current = table.get("current-snapshot-id")
        found = [each for each in table.get("snapshots", []) if each["snapshot-id"] == current]
        return int(found[0]["summary"]["total-records"]) if found else 0


@pytest.fixture
def worker(cluster: Cluster, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(cluster, tmp_path)
    yield worker
    worker.kill()


def produce(cluster: Cluster, first: int, count: int) -> None:
    values = [json.dumps({"number": number, "text": "x" * 20}) for number in range(first, first + count)]
    assert cluster.client("team-ingestion", "produce", {"topic": TOPIC, "values": values}) == {"sent": count}


def test_a_topic_lands_in_a_table_once_though_the_worker_is_killed(cluster: Cluster, worker: Worker) -> None:
    produce(cluster, 0, 500)
    worker.start()
    worker.until(
        lambda: worker.request("PUT", f"/connectors/{NAME}/config", worker.connector()) is not None, "the connector"
    )
    worker.until(lambda: worker.landed() >= 500, "the first messages")
    produce(cluster, 500, 500)
    worker.kill()
    produce(cluster, 1000, 200)
    # The sink is known to the cluster: nobody has to make it again.
    worker.start()
    worker.until(lambda: worker.landed() >= 1200, "the other messages")
    # One more commit would show what came twice.
    time.sleep(10)
    assert worker.landed() == 1200

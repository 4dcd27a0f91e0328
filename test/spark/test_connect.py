"""Runs the real server of Spark Connect as it is rendered, and its clients against it.

What is left out is the cluster: executors run within the server, the event log lies on the disk, and no jar of an
object store is fetched.
"""

import atexit
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest
from pyspark.errors import PySparkException
from pyspark.errors.exceptions.connect import SparkConnectGrpcException
from pyspark.sql.connect import functions as F
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession
from pyspark.sql.types import LongType
from rendered import CLUSTER, PATIENCE, Json, defaults, find, free_port, render, without_cluster

TOKEN = "a-token-of-forty-characters-as-generated"


class Server:
    """A server as the Deployment starts it."""

    def __init__(self, folder: Path, objects: list[Json]) -> None:
        deployment = find(objects, "Deployment", "spark-connect")
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        self.grpc, self.ui = free_port(), free_port()
        self._folder = folder
        variables = {"POD_IP": "127.0.0.1", "POD_NAME": "spark-connect-1"}
        self._arguments = [
            re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], argument)
            for argument in container["args"]
        ]
        token, = (each for each in container["env"] if each["name"] == "SPARK_CONNECT_AUTHENTICATE_TOKEN")
        assert token["valueFrom"]["secretKeyRef"] == {"name": "spark-connect", "key": "token"}
        assert container["command"] == ["/opt/spark/bin/spark-submit"]
        (folder / "spark-defaults.conf").write_text(without_cluster(defaults(objects)))
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        # Where several settings of one name are given, the last one holds.
        here = {
            "spark.master": "local[2]",
            "spark.connect.grpc.binding.port": str(self.grpc),
            "spark.ui.port": str(self.ui),
            "spark.driver.port": "0",
            "spark.driver.blockManager.port": "0",
            "spark.sql.warehouse.dir": (self._folder / "warehouse").as_uri(),
            "spark.local.dir": str(self._folder / "local"),
        }
        arguments = [each for each in self._arguments if not CLUSTER.match(each.removeprefix("--conf="))]
        own = arguments.pop()
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [
                    str(Path(pyspark.__file__).parent / "bin" / "spark-submit"),
                    *(re.sub(r"driver-memory=.*", "driver-memory=1g", each) for each in arguments),
                    *(f"--conf={key}={value}" for key, value in here.items()),
                    own,
                ],
                env={
                    **os.environ,
                    "SPARK_CONF_DIR": str(self._folder),
                    "SPARK_CONNECT_AUTHENTICATE_TOKEN": TOKEN,
                    "SPARK_LOCAL_IP": "127.0.0.1",
                    "PYSPARK_PYTHON": sys.executable,
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self) -> str:
        return (self._folder / "log").read_text()

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            try:
                socket.create_connection(("127.0.0.1", self.grpc), timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.process = self._start()
        self.wait()

    def session(self, authorization: str = f"Bearer%20{TOKEN}") -> SparkSession:
        """A session as one within the cluster begins it: by the name of the Service, without TLS."""
        return begin(f"sc://127.0.0.1:{self.grpc}/;authorization={authorization}")

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ui}{path}", timeout=60) as answer:
            return str(answer.read().decode())


def begin(url: str) -> SparkSession:
    session = SparkSession.builder.remote(url).create()
    assert isinstance(session, SparkSession)
    return session


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("connect"), render({}))
    try:
        made.wait()
        yield made
    finally:
        made.kill()


def test_a_session_computes_also_in_python(server: Server) -> None:
    session = server.session()
    try:
        doubled = F.udf(lambda number: number * 2, LongType())
        rows = session.range(5).select(doubled("id").alias("twice")).collect()
        assert [row.twice for row in rows] == [0, 2, 4, 6, 8]
        assert session.sql("SELECT current_user() IS NOT NULL AS known").collect()[0].known
    finally:
        session.stop()


def test_a_session_through_a_forwarded_port_shows_the_token_as_documented(server: Server) -> None:
    session = begin(f"sc://localhost:{server.grpc}/;token={TOKEN}")
    try:
        assert session.range(3).count() == 3
    finally:
        session.stop()


@pytest.mark.parametrize("authorization", ["Bearer%20another", "", TOKEN])
def test_whoever_shows_another_token_is_turned_away(server: Server, authorization: str) -> None:
    with pytest.raises(SparkConnectGrpcException, match=r"(?i)unauthenticated|authentication token"):
        server.session(authorization).range(1).count()


def test_whoever_shows_none_is_turned_away(server: Server) -> None:
    with pytest.raises(SparkConnectGrpcException, match=r"(?i)unauthenticated|authentication token"):
        begin(f"sc://127.0.0.1:{server.grpc}").range(1).count()


def test_sessions_do_not_see_each_other_s_views(server: Server) -> None:
    one, other = server.session(), server.session()
    try:
        one.range(3).createOrReplaceTempView("mine")
        assert one.table("mine").count() == 3
        assert not other.catalog.tableExists("mine")
    finally:
        one.stop()
        other.stop()


def test_the_settings_of_jobs_hold_in_sessions(server: Server) -> None:
    session = server.session()
    try:
        assert session.conf.get("spark.sql.parquet.compression.codec") == "zstd"
        assert session.conf.get("spark.scheduler.mode") == "FAIR"
        # The token is no setting, which every session could read.
        assert session.conf.get("spark.connect.authenticate.token", "unset") == "unset"
    finally:
        session.stop()


def test_metrics_have_the_same_names_in_every_job(server: Server) -> None:
    names = {line.split("{")[0] for line in server.page("/metrics/prometheus/").splitlines()}
    assert "metrics_spark_driver_DAGScheduler_stage_failedStages_Value" in names
    assert "metrics_executor_totalTasks_total" in server.page("/metrics/executors/prometheus/")


def test_the_token_is_in_no_log(server: Server) -> None:
    assert TOKEN not in server.log()


def test_a_session_is_lost_with_its_server_and_another_can_begin(server: Server) -> None:
    session = server.session()
    session.range(3).createOrReplaceTempView("mine")
    # While the server is away, gRPC waits longer and longer before it connects anew: the client must ask for longer than
    # that to hear of the loss. By default it asks for ten minutes.
    session.client.set_retry_policies([DefaultPolicy(max_backoff=5000)])
    # At its end Python would ask the lost server to forget models, for minutes.
    atexit.unregister(session.client._cleanup_ml_cache)
    server.restart()
    # The new server knows of no such session, and the client closes its own.
    with pytest.raises(PySparkException, match=r"NO_ACTIVE_SESSION.*create a new Spark session"):
        session.table("mine").count()
    another = server.session()
    try:
        assert another.range(4).count() == 4
    finally:
        another.stop()

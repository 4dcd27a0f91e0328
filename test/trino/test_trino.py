"""Trino with what lakeport renders for it. The order is that of a day: what ends a worker comes last."""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest
from cluster import HERE, JAVA, PLUGINS, SERVER, Cluster, Refused, javac, properties
from issuer import Issuer

# Stages that hand on rows, long enough to lose a worker in. Whole numbers: sums of others depend on their order. Of tables
# that have files: what the catalog tpch computes belongs to one worker, and with that it would be gone.
LONG = """
SELECT count(*), sum(a.partkey * o.custkey) FROM lake.curated_analytics.lines a
JOIN lake.curated_analytics.lines b ON a.orderkey = b.orderkey
JOIN lake.curated_analytics.orders o ON a.orderkey = o.orderkey
"""


def refused(cluster: Cluster, team: str | None, sql: str, why: str, token: str | None = None) -> None:
    with pytest.raises(Refused, match=why):
        cluster.query(team, sql, token)


def test_the_server_takes_every_file_of_every_site(cluster: Cluster, rendered: dict) -> None:
    """A key that it does not know would have stopped it."""
    for node in cluster.nodes:
        for site in rendered["catalogs"]:
            for name in ("lake", "hive"):
                assert f"-- Added catalog {name}_{site} " in node.said()
        assert "Using system access control: file" in node.said() or "Loaded system access control file" in node.said()
        assert "Loaded exchange manager filesystem" in node.said()


def test_the_spool_of_every_store_is_taken(rendered: dict, tmp_path: Path) -> None:
    plugin = PLUGINS["exchange-filesystem"]
    javac(tmp_path / "classes", "Spool.java", plugin, SERVER)
    files = []
    for site, text in rendered["exchanges"].items():
        path = tmp_path / f"{site}.properties"
        # The server puts variables in; here nobody does.
        path.write_text(text.replace("${ENV:EXCHANGE_ACCESS_KEY}", "a").replace("${ENV:EXCHANGE_SECRET_KEY}", "b"))
        files.append(str(path))
    command = [str(JAVA / "java"), "-cp", f"{tmp_path / 'classes'}:{plugin}/*:{SERVER}/*", "Spool"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=600)
    taken = [line for line in done.stdout.splitlines() if line.startswith("taken ")]
    assert taken == [f"taken {each}" for each in files], done.stderr[-3000:]
    for file in files:
        wrong = tmp_path / "wrong.properties"
        wrong.write_text(Path(file).read_text() + "exchange.bucket=none\n")
        done = subprocess.run([*command, str(wrong)], capture_output=True, text=True, timeout=600)
        assert "exchange.bucket" in done.stderr and "taken" not in done.stdout


def test_nodes_are_addressed_with_tls(cluster: Cluster) -> None:
    rows = cluster.query("analytics", "SELECT http_uri FROM system.runtime.nodes")
    assert len(rows) == 4 and all(uri.startswith("https://127-0-0-1.ip:") for [uri] in rows)


def test_a_team_writes_its_own_schemas_and_reads_what_others_present(cluster: Cluster) -> None:
    for layer in ("curated", "presentation"):
        cluster.query("analytics", f"CREATE SCHEMA lake.{layer}_analytics")
        cluster.query("analytics", f"CREATE TABLE lake.{layer}_analytics.nation AS SELECT * FROM tpch.tiny.nation")
    assert cluster.query("analytics", "SELECT count(*) FROM lake.curated_analytics.nation") == [[25]]
    assert cluster.query("science", "SELECT count(*) FROM lake.presentation_analytics.nation") == [[25]]
    denied = "Access Denied"
    refused(cluster, "science", "SELECT count(*) FROM lake.curated_analytics.nation", denied)
    refused(cluster, "science", "INSERT INTO lake.presentation_analytics.nation SELECT * FROM tpch.tiny.nation", denied)
    refused(cluster, "science", "DROP TABLE lake.presentation_analytics.nation", denied)
    refused(cluster, "science", "CREATE SCHEMA lake.curated_ingestion", denied)
    refused(cluster, "science", "CREATE TABLE lake.curated_analytics.other (x bigint)", denied)
    assert ["curated_analytics"] not in cluster.query("science", "SHOW SCHEMAS FROM lake")


def test_a_schema_of_the_overlay_has_an_owner_and_readers(cluster: Cluster) -> None:
    cluster.query("ingestion", "CREATE SCHEMA lake.medallion")
    cluster.query("ingestion", "CREATE TABLE lake.medallion.trips AS SELECT * FROM tpch.tiny.region")
    assert cluster.query("analytics", "SELECT count(*) FROM lake.medallion.trips") == [[5]]
    refused(cluster, "analytics", "DELETE FROM lake.medallion.trips", "Access Denied")
    refused(cluster, "science", "SELECT * FROM lake.medallion.trips", "Access Denied")


def test_people_are_let_in_by_a_token_of_the_issuer(cluster: Cluster, issuer: Issuer) -> None:
    mine = "SELECT current_user"
    assert cluster.query(None, mine, issuer.token("alice")) == [["alice"]]
    assert cluster.query(None, "SELECT count(*) FROM lake.curated_analytics.nation", issuer.token("alice")) == [[25]]
    # Of no team, and so of no right.
    refused(cluster, None, mine, "Access Denied", issuer.token("mallory"))
    # Called as jobs are.
    refused(cluster, None, mine, "^401", issuer.token("team-analytics"))
    refused(cluster, None, mine, "^401", issuer.token("lakeport-management"))
    # For somebody else, or changed on the way.
    refused(cluster, None, mine, "^401", issuer.token("alice", audience="another"))
    head, claims, signature = issuer.token("alice").split(".")
    refused(cluster, None, mine, "^401", f"{head}.{claims}.{signature[::-1]}")


def test_nobody_else_is_let_in(cluster: Cluster) -> None:
    refused(cluster, None, "SELECT 1", "^401")
    refused(cluster, "stranger", "SELECT 1", "^401")
    assert cluster.coordinator.request("/v1/statement", "POST", b"SELECT 1")[0] == 403


def test_without_tls_there_are_probes_and_metrics_and_no_more(cluster: Cluster) -> None:
    status, text = cluster.coordinator.request("/v1/info")
    assert status == 200 and '"starting":false' in text
    status, text = cluster.coordinator.request("/metrics")
    assert status == 200 and "trino_execution_name_QueryManager_RunningQueries" in text
    assert cluster.coordinator.request("/v1/query")[0] in (401, 403)
    assert cluster.coordinator.request("/v1/info/state", "PUT", b'"SHUTTING_DOWN"')[0] == 403


def test_a_change_of_rules_needs_no_restart(cluster: Cluster) -> None:
    rules = cluster.coordinator.home / "rules" / "rules.json"
    before = rules.read_text()
    statement = "SELECT count(*) FROM tpch.tiny.nation"
    assert cluster.query("science", statement) == [[25]]
    try:
        rules.write_text(before.replace('"catalog": "tpch"', '"catalog": "none"'))
        deadline = time.monotonic() + 120
        while True:
            try:
                cluster.query("science", statement)
            except Refused as error:
                assert "Access Denied" in str(error)
                break
            assert time.monotonic() < deadline
            time.sleep(2)
    finally:
        rules.write_text(before)
    time.sleep(35)
    assert cluster.query("science", statement) == [[25]]


def test_a_worker_that_is_lost_costs_its_tasks_and_not_the_query(cluster: Cluster, lines: None) -> None:
    lost = cluster.workers[2]
    expected = cluster.query("analytics", LONG)
    with Running(cluster, LONG) as running:
        running.wait_for_tasks(lost.name)
        assert lost.process
        lost.process.kill()
        assert any(cluster.spool.rglob("*")), "nothing was spooled"
    assert running.result == expected
    cluster.workers_are(2)


def test_a_worker_that_is_told_to_leave_ends_its_tasks(cluster: Cluster, lines: None) -> None:
    worker = cluster.workers[1]
    expected = cluster.query("analytics", LONG)
    with Running(cluster, LONG) as running:
        running.wait_for_tasks(worker.name)
        script = cluster.folder / "drain.sh"
        script.write_text(cluster.rendered["scripts"]["drain.sh"])
        # As Kubernetes does before it stops the container.
        done = subprocess.run(
            ["/bin/sh", str(script)], env={**os.environ, "PORT": str(worker.http)}, timeout=320, capture_output=True
        )
        assert done.returncode == 0
        assert worker.process and worker.process.wait(timeout=60) == 0
    assert running.result == expected
    assert "Shutdown requested" in worker.said()
    cluster.workers_are(1)


@pytest.fixture(scope="module")
def lines(cluster: Cluster) -> None:
    cluster.query("analytics", "CREATE SCHEMA IF NOT EXISTS lake.curated_analytics")
    for name, columns, source in (("lines", "orderkey, partkey", "lineitem"), ("orders", "orderkey, custkey", "orders")):
        made = f"CREATE TABLE lake.curated_analytics.{name} AS SELECT {columns} FROM tpch.sf1.{source}"
        cluster.query("analytics", made)


class Running:
    """A query of the team analytics, beside which something happens."""

    def __init__(self, cluster: Cluster, sql: str) -> None:
        self.cluster = cluster
        self.result: list | None = None
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._run, args=(sql,))

    def _run(self, sql: str) -> None:
        try:
            self.result = self.cluster.query("analytics", sql)
        except Exception as error:
            self.error = error

    def wait_for_tasks(self, node: str) -> None:
        """Until the node works on a query of the team's that is not the one that asks."""
        sql = (
            "SELECT count(*) FROM system.runtime.tasks t JOIN system.runtime.queries q ON t.query_id = q.query_id "
            f"WHERE t.node_id = '{node}' AND t.state = 'RUNNING' AND q.query LIKE '%analytics.lines a%' "
            "AND q.query NOT LIKE '%runtime.tasks%'"
        )
        deadline = time.monotonic() + 300
        while self.cluster.query("analytics", sql, retry_policy="NONE") == [[0]]:
            assert self.thread.is_alive() and time.monotonic() < deadline, (self.error, self.result)
            time.sleep(0.2)

    def __enter__(self) -> "Running":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join(timeout=600)
        assert not self.thread.is_alive()
        if self.error:
            raise self.error


def test_files_have_no_two_values_of_one_key(rendered: dict) -> None:
    for files in (rendered["coordinator"], rendered["worker"], *rendered["catalogs"].values()):
        for name, text in files.items():
            if name.endswith(".properties"):
                assert len(properties(text)) == len(text.splitlines()), name


def test_the_script_of_the_hook_is_one_of_sh() -> None:
    script = HERE.parent.parent / "charts" / "query" / "trino" / "drain.sh"
    assert subprocess.run(["/bin/sh", "-n", str(script)]).returncode == 0

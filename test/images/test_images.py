"""The images' Spark, put together as their Dockerfile does it, on tables and on an object store.

What cannot be had here is the image itself, whose bases lie in registries. So its parts are: Spark's distribution from
PyPI, the libraries of its requirements, and the jars that its own program fetches from its own lists.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyspark
import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "images/spark"
MATRIX = json.loads(Path(os.environ["MATRIX"]).read_text())
STACK, LISTS = MATRIX["stack"], MATRIX["lists"]
LINE = ".".join(STACK["spark"].split(".")[:2])
MAVEN = os.environ.get("MAVEN", "https://repo1.maven.org/maven2")
CONNECTORS = [name for name in LISTS if name != "tables"]
# Seconds; a minute on a machine that has nothing else to do.
PATIENCE = 1500

EXPECTED = {
    # 10,000 rows and 100 of them again; row 0 is there twice and both are merged; one is new; zone 6 is deleted.
    "delta": {"first": 10_000, "last": 10_100 + 1 - 1_428 - 14, "merged": 2, "versions": 4},
    "iceberg": {"first": 10_000, "last": 10_000 + 1 - 1_428, "merged": 1},
    "pandas": 9_900,
}


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A SPARK_HOME for each connector, with exactly the jars that the image would have."""
    made = {}
    for connector in CONNECTORS:
        home = tmp_path_factory.mktemp(connector)
        # From where Maven has put what it checked: the same layout, and nothing is fetched twice.
        command = [sys.executable, IMAGE / "fetch_jars.py", "--from", (Path.home() / ".m2/repository").as_uri()]
        lists = [IMAGE / "jars-tables.txt", IMAGE / f"jars-{connector}.txt"]
        subprocess.run([*command, "--to", home / "jars", *lists], check=True, stdout=subprocess.DEVNULL)
        installed = Path(pyspark.__file__).parent
        for jar in (installed / "jars").iterdir():
            (home / "jars" / jar.name).symlink_to(jar)
        (home / "bin").symlink_to(installed / "bin")
        made[connector] = home
    return made


def run(home: Path, *arguments: str, **env: str) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, Path(__file__).with_name("tables.py"), *arguments],
        env={**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, **env},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stderr[-6000:]
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def assert_tables(found: dict[str, Any]) -> None:
    assert {key: found[key] for key in EXPECTED} == EXPECTED
    for key in ("spark", "hadoop", "hive"):
        assert found[key] == STACK[key]
    assert found["scala"].startswith(f"{STACK['scala']}.")


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    """An S3 on loopback, with the bucket `lake`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [os.environ["STORE_PYTHON"], "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(urllib.request.Request(f"{url}/lake", method="PUT"), timeout=5)
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


def test_tables_on_s3(homes: dict[str, Path], store: str) -> None:
    found = run(
        homes["s3"],
        "s3a://lake/tables",
        f"spark.hadoop.fs.s3a.endpoint={store}",
        "spark.hadoop.fs.s3a.endpoint.region=local",
        "spark.hadoop.fs.s3a.path.style.access=true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled=false",
        "spark.hadoop.fs.s3a.aws.credentials.provider="
        "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
        AWS_ACCESS_KEY_ID="key",
        AWS_SECRET_ACCESS_KEY="secret",
    )
    assert_tables(found)


@pytest.mark.parametrize(
    ("connector", "uri", "expected", "settings"),
    [
        (
            "azure",
            "abfss://lake@example.dfs.core.windows.net/",
            "org.apache.hadoop.fs.azurebfs.SecureAzureBlobFileSystem",
            {
                "fs.azure.account.hns.enabled": "true",
                "fs.azure.account.auth.type": "OAuth",
                "fs.azure.account.oauth.provider.type": "org.apache.hadoop.fs.azurebfs.oauth2.WorkloadIdentityTokenProvider",
                "fs.azure.account.oauth2.msi.tenant": "tenant",
                "fs.azure.account.oauth2.client.id": "client",
                "fs.azure.account.oauth2.token.file": "/nonexistent",
            },
        ),
        (
            "gcs",
            "gs://lake/",
            "com.google.cloud.hadoop.fs.gcs.GoogleHadoopFileSystem",
            {"fs.gs.auth.type": "COMPUTE_ENGINE", "fs.gs.project.id": "example"},
        ),
    ],
)
def test_tables_beside_the_connector(
    homes: dict[str, Path], tmp_path: Path, connector: str, uri: str, expected: str, settings: dict[str, str]
) -> None:
    """Neither store is had here: its file system is made, and the tables lie in a folder."""
    hadoop = [f"spark.hadoop.{key}={value}" for key, value in settings.items()]
    found = run(homes[connector], tmp_path.as_uri(), *hadoop, f"--file-system={uri}")
    assert_tables(found)
    assert found["fileSystems"] == [expected]


@pytest.mark.parametrize("connector", CONNECTORS)
def test_no_jar_is_there_twice(homes: dict[str, Path], connector: str) -> None:
    """Spark's own distribution has some in several parts; the jars of the image add no second version of any."""

    def names(folder: Path) -> list[str]:
        return [re.sub(r"-\d.*$", "", jar.stem) for jar in folder.iterdir()]

    own, all_of_them = names(Path(pyspark.__file__).parent / "jars"), names(homes[connector] / "jars")
    added = [name for name in set(all_of_them) if all_of_them.count(name) > max(own.count(name), 1)]
    assert added == []
    assert len(all_of_them) > len(own)


def test_a_jar_that_is_another_is_refused(tmp_path: Path) -> None:
    """The program of the image, with a list whose checksum is wrong and one whose jar is not there."""
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository/a.jar").write_text("not what was listed")
    for line, reason in ((f"{'0' * 64} a.jar", "must be 0000"), (f"{'0' * 64} b.jar", "No such file")):
        (tmp_path / "list.txt").write_text(f"{line}\n")
        result = subprocess.run(
            [sys.executable, IMAGE / "fetch_jars.py", "--from", (tmp_path / "repository").as_uri()]
            + ["--to", tmp_path / "jars", tmp_path / "list.txt"],
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert reason in result.stderr


@pytest.mark.parametrize("dockerfile", sorted((ROOT / "images").glob("*/Dockerfile")), ids=lambda file: file.parent.name)
def test_dockerfiles_are_clean(dockerfile: Path) -> None:
    hadolint = Path(os.environ["STORE_PYTHON"]).with_name("hadolint")
    result = subprocess.run([hadolint, dockerfile], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "")


def published(path: str) -> str:
    with urllib.request.urlopen(f"{MAVEN}/{path}", timeout=60) as answer:
        return str(answer.read(), "utf-8")


def versions_of(group: str, artifact: str) -> list[str]:
    """Releases of an artifact; none where there is no such artifact."""
    try:
        text = published(f"{group.replace('.', '/')}/{artifact}/maven-metadata.xml")
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return []
    found = re.findall(r"<version>([\d.]+)</version>", text)
    return sorted(set(found), key=lambda version: [int(part) for part in version.split(".")])


def test_the_matrix_is_what_upstream_publishes() -> None:
    line, scala = MATRIX["lines"][LINE], STACK["scala"]
    spark = STACK["spark"]
    parent = published(f"org/apache/spark/spark-parent_{scala}/{spark}/spark-parent_{scala}-{spark}.pom")

    def of_parent(name: str) -> str:
        found = re.search(rf"<{name}>([^<]+)</{name}>", parent)
        assert found is not None
        return found[1]

    assert [of_parent("hadoop.version")] == line["hadoop"]
    assert of_parent("hive.version") == line["hive"][0]
    assert of_parent("scala.version").startswith(f"{line['scala'][0]}.")
    assert versions_of("io.delta", f"delta-spark_{LINE}_{scala}") == line["delta"]
    assert versions_of("org.apache.iceberg", f"iceberg-spark-runtime-{LINE}_{scala}") == line["iceberg"]
    google = "com/google/cloud/bigdataoss/bigdataoss-parent"
    connector = published(f"{google}/{STACK['gcsConnector']}/bigdataoss-parent-{STACK['gcsConnector']}.pom")
    built_on = re.search(r"<hadoop.version>([\d.]+)<", connector)
    assert built_on is not None and built_on[1].rpartition(".")[0] == STACK["hadoop"].rpartition(".")[0]
    classifiers = importlib.metadata.metadata("pyspark").get_all("Classifier") or []
    pythons = [found[1] for each in classifiers if (found := re.fullmatch(r".*:: Python :: (3\.\d+)", each))]
    assert pythons == line["python"]


def test_other_lines_of_the_matrix_are_what_upstream_publishes() -> None:
    for name, line in MATRIX["lines"].items():
        for scala in line["scala"]:
            assert versions_of("io.delta", f"delta-spark_{name}_{scala}") == line["delta"]
            assert versions_of("org.apache.iceberg", f"iceberg-spark-runtime-{name}_{scala}") == line["iceberg"]

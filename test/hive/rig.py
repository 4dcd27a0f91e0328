"""The metastore of a site on this machine: a PostgreSQL, and programs of Hive with the files that are in dist."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SITE = "onprem"
# Seconds; a busy machine needs a minute for what takes ten otherwise.
PATIENCE = 300
NOBODY = 65534
HIVE, CATALOG = os.environ.get("HIVE_JARS", ""), os.environ.get("CATALOG_JARS", "")

Json = dict[str, Any]


def objects() -> list[Json]:
    """Every object of the site, as it is committed."""
    command = ["node", str(ROOT / "bin/run.js"), str(ROOT / "test/story/site.ts"), SITE]
    made = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return list(json.loads(made.stdout))


def find(every: list[Json], kind: str, namespace: str, name: str) -> Json:
    (found,) = (
        each
        for each in every
        if each["kind"] == kind
        and each["metadata"].get("namespace") == namespace
        and each["metadata"]["name"] == name
    )
    return dict(found)


def properties(text: str) -> dict[str, str]:
    """Settings in a file of Hadoop or Hive."""
    return {
        each.findtext("name", ""): each.findtext("value", "")
        for each in ElementTree.fromstring(text.split("?>", 1)[-1]).iter("property")
    }


def write_properties(file: Path, settings: dict[str, str]) -> None:
    root = ElementTree.Element("configuration")
    for name, value in settings.items():
        each = ElementTree.SubElement(root, "property")
        ElementTree.SubElement(each, "name").text = name
        ElementTree.SubElement(each, "value").text = value
    ElementTree.ElementTree(root).write(file)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not happen in {seconds} s"
        time.sleep(0.5)


def answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Postgres:
    """A server that takes connections of this machine, and the database of the metastore in it."""

    folder: Path
    port: int = field(default_factory=free_port)

    @contextmanager
    def running(self) -> Iterator[None]:
        # PostgreSQL refuses to run as root.
        other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        self.folder.mkdir()
        if other:
            os.chown(self.folder, NOBODY, NOBODY)
        data = str(self.folder / "data")
        subprocess.run(
            [*other, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        # As many as the cluster of the site takes (charts/foundation/postgres).
        options = [f"-p{self.port}", f"-k{self.folder}", "-c", "listen_addresses=127.0.0.1", "-N", "200", "-F"]
        with (self.folder / "log").open("w") as log:
            server = subprocess.Popen([*other, "postgres", "-D", data, *options], stdout=log, stderr=log)
        try:
            until(lambda: answers(self.port), "an answer of PostgreSQL", 60)
            time.sleep(1)
            self.sql("create role hive login; create database hive owner hive", "postgres", "postgres")
            yield
        finally:
            server.terminate()
            server.wait(30)

    def sql(self, statement: str, database: str = "hive", user: str = "hive") -> list[str]:
        """Rows of a statement, columns between bars."""
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database, "-XAtq"]
        command += ["-v", "ON_ERROR_STOP=1"]
        made = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        return made.stdout.splitlines()


@dataclass
class Site:
    """What dist holds of Hive, and this machine in place of the cluster: other hosts, paths and credentials."""

    folder: Path
    postgres: Postgres
    every: list[Json] = field(default_factory=objects)

    def files(self, name: str) -> dict[str, str]:
        return dict(find(self.every, "ConfigMap", "hive", name)["data"])

    def environment(self, deployment: str) -> dict[str, str]:
        pod = find(self.every, "Deployment", "hive", deployment)["spec"]["template"]["spec"]
        return {each["name"]: each["value"] for each in pod["containers"][0]["env"] if "value" in each}

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    def here(self, value: str) -> str:
        """A setting of the site with what is otherwise here."""
        value = re.sub(r"s3a://[\w-]+-warehouse(?=/)", self.warehouse.as_uri(), value)
        value = re.sub(
            r"^jdbc:postgresql://[^/]+/(\w+)\?.*$", rf"jdbc:postgresql://127.0.0.1:{self.postgres.port}/\1", value
        )
        return value.replace("/tmp/hive", str(self.folder / "tmp"))

    def configuration(self, name: str, folder: Path, **changes: str) -> dict[str, str]:
        """Writes the files of a program to a folder; returns the settings of Hive in them."""
        folder.mkdir(parents=True)
        for file, text in self.files(name).items():
            if file.endswith(".xml"):
                found = {key: self.here(value) for key, value in properties(text).items()}
                if file == "hive-site.xml":
                    assert changes.keys() <= found.keys() | ADDED
                    found |= changes
                    settings = found
                write_properties(folder / file, found)
            else:
                (folder / file).write_text(text)
        return settings

    def java(self, deployment: str, folder: Path, *arguments: str, classes: str = "", memory: str = "768m") -> list[str]:
        """A command with the options of the JVM that pods have, less their heap."""
        options = [each for each in self.environment(deployment)["HADOOP_CLIENT_OPTS"].split() if not each.startswith("-Xmx")]
        path = ":".join(filter(None, [str(folder), classes, f"{HIVE}/*"]))
        logging = f"-Dlog4j.configurationFile={folder}/hive-log4j2.properties"
        return ["java", f"-Xmx{memory}", *options, logging, "-cp", path, *arguments]


# What the jars of Maven Central want beside what is rendered: they have no script of the schema.
ADDED = {"datanucleus.schema.autoCreateAll", "metastore.schema.verification", "metastore.schema.verification.record.version"}
MAKING = {
    "datanucleus.schema.autoCreateAll": "true",
    "metastore.schema.verification": "false",
    "metastore.schema.verification.record.version": "true",
    "metastore.catalog.servlet.port": "-1",
}


@dataclass
class Metastore:
    """One metastore; its files are those of the site."""

    site: Site
    name: str
    classes: Path
    changes: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    catalog: int = field(default_factory=free_port)

    @property
    def folder(self) -> Path:
        return self.site.folder / self.name

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def answers(self) -> bool:
        return answers(self.port) and (self.changes is MAKING or answers(self.catalog))

    @contextmanager
    def running(self) -> Iterator[Metastore]:
        conf = self.folder / "conf"
        changes = {
            "datanucleus.schema.autoCreateAll": "true",
            "metastore.catalog.servlet.port": str(self.catalog),
            **self.changes,
        }
        self.site.configuration("metastore", conf, **changes)
        extra = f"{self.classes}:{CATALOG}/*"
        # Iceberg's libraries come after Hive's, which has some of the same in other versions.
        command = self.site.java("metastore", conf, "org.apache.hadoop.hive.metastore.HiveMetaStore", "-p", str(self.port))
        command[command.index("-cp") + 1] += f":{extra}"
        environment = os.environ | {"DATABASE_PASSWORD": "unused", "HIVE_CONF_DIR": str(conf), "HADOOP_USER_NAME": "hive"}
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)
        try:
            until(lambda: process.poll() is not None or "Unable to start" in self.log or self.answers(), self.log[-3000:])
            assert process.poll() is None and self.answers(), self.log[-8000:]
            yield self
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def compile_java(folder: Path, *sources: Path) -> Path:
    """Classes of the test's own programs."""
    folder.mkdir()
    compiler = shutil.which("javac", path=f"{os.environ.get('JAVA_HOME', '')}/bin:{os.environ['PATH']}") or "javac"
    command = [compiler, "-nowarn", "-d", str(folder), "-cp", f"{HIVE}/*:{CATALOG}/*", *map(str, sources)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return folder


def rename(classes: Path) -> None:
    """Puts Iceberg's catalog for the metastore beside the test's own classes, with the names of Hive 4."""
    (jar,) = Path(CATALOG).glob("iceberg-hive-metastore-*.jar")
    command = ["java", "-cp", f"{classes}:{HIVE}/*", "Rename", str(jar), str(classes)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr

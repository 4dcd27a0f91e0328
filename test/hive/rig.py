"""The metastore of a site on this machine: a PostgreSQL, a store that speaks S3, and programs of Hive with the files in dist."""

from __future__ import annotations

import getpass
import json
import os
import re
import secrets
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

from store import Store

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SITE = "onprem"
# Seconds; a busy machine needs a minute for what takes ten otherwise.
PATIENCE = 300
NOBODY = 65534
HIVE, CATALOG, FETCHED = (os.environ.get(f"{each}_JARS", "") for each in ("HIVE", "CATALOG", "FETCHED"))
ENDPOINT, REGION = "http://object-store.object-store.svc:8333", "onprem"
WAREHOUSE = "lake-warehouse"

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
    password: str = field(default_factory=secrets.token_urlsafe)

    @contextmanager
    def running(self) -> Iterator[None]:
        # PostgreSQL refuses to run as root.
        other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        self.folder.mkdir()
        if other:
            os.chown(self.folder, NOBODY, NOBODY)
        data = str(self.folder / "data")
        # By the network only with a password, as in the cluster; by the socket whoever is on this machine.
        making = ["initdb", "-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256"]
        subprocess.run([*other, *making, "-E", "UTF8", "--locale=C", "-N"], check=True, stdout=subprocess.DEVNULL)
        # As many as the cluster of the site takes (charts/foundation/postgres).
        options = [f"-p{self.port}", f"-k{self.folder}", "-c", "listen_addresses=127.0.0.1", "-N", "200", "-F"]
        with (self.folder / "log").open("w") as log:
            server = subprocess.Popen([*other, "postgres", "-D", data, *options], stdout=log, stderr=log)
        try:
            until(lambda: answers(self.port), "an answer of PostgreSQL", 60)
            time.sleep(1)
            self.sql(f"create role hive login password '{self.password}'", "postgres", "postgres")
            self.sql("create database hive owner hive", "postgres", "postgres")
            yield
        finally:
            server.terminate()
            server.wait(30)

    def sql(self, statement: str, database: str = "hive", user: str = "hive") -> list[str]:
        """Rows of a statement, columns between bars."""
        command = ["psql", "-h", str(self.folder), "-p", str(self.port), "-U", user, "-d", database, "-XAtq"]
        command += ["-v", "ON_ERROR_STOP=1"]
        made = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        return made.stdout.splitlines()


@dataclass
class Site:
    """What dist holds of Hive, and this machine in place of the cluster: other hosts, paths and credentials."""

    folder: Path
    postgres: Postgres
    store: Store
    classes: Path
    every: list[Json] = field(default_factory=objects)

    def files(self, name: str) -> dict[str, str]:
        return dict(find(self.every, "ConfigMap", "hive", name)["data"])

    def environment(self, deployment: str) -> dict[str, str]:
        pod = find(self.every, "Deployment", "hive", deployment)["spec"]["template"]["spec"]
        return {each["name"]: each["value"] for each in pod["containers"][0]["env"] if "value" in each}

    def here(self, value: str) -> str:
        """A setting of the site with what is otherwise here."""
        value = value.replace(ENDPOINT, self.store.url.geturl())
        # Without TLS, and otherwise told what the site tells it.
        value = re.sub(r"(?<=^jdbc:postgresql://)[^/]+", f"127.0.0.1:{self.postgres.port}", value)
        value = re.sub(r"(?<=[?&])ssl\w+=[^&]*&?", "", value)
        return value.replace("/tmp/hive", str(self.folder / "tmp"))

    def stored(self, table: str) -> set[str]:
        """What lies directly below the folder of a table in the warehouse."""
        path = f"{WAREHOUSE}/{table}/"
        return {each.removeprefix(path).partition("/")[0] for each in self.store.names(path)}

    def configuration(self, name: str, folder: Path, **changes: str) -> dict[str, str]:
        """Writes the files of a program to a folder; returns the settings of Hive in them."""
        folder.mkdir(parents=True)
        for file, text in self.files(name).items():
            if file.endswith(".xml"):
                found = {key: self.here(value) for key, value in properties(text).items()}
                if file == "hive-site.xml":
                    assert changes.keys() <= found.keys() | SOONER.keys()
                    found |= changes
                    settings = found
                write_properties(folder / file, found)
            else:
                (folder / file).write_text(text)
        return settings

    def java(self, deployment: str, folder: Path, *arguments: str, memory: str = "768m") -> list[str]:
        """A command with the options of the JVM that pods have, less their heap."""
        options = [each for each in self.environment(deployment)["HADOOP_CLIENT_OPTS"].split() if not each.startswith("-Xmx")]
        # Iceberg's libraries come after Hive's, which has some of the same in other versions.
        path = f"{folder}:{self.classes}:{HIVE}/*:{FETCHED}/*:{CATALOG}/*"
        logging = f"-Dlog4j.configurationFile={folder}/hive-log4j2.properties"
        return ["java", f"-Xmx{memory}", *options, logging, "-cp", path, *arguments]

    def variables(self, conf: Path, **more: str) -> dict[str, str]:
        """The environment of a program whose files lie in a folder."""
        return os.environ | {"DATABASE_PASSWORD": self.postgres.password, "HIVE_CONF_DIR": str(conf)} | more

    def schema_tool(self, name: str, home: Path) -> str:
        """What schematool says that has the files and the arguments of the Job, and scripts of a distribution in `home`."""
        conf = self.folder / name / "conf"
        self.configuration("metastore", conf)
        (job,) = (each for each in self.every if each["kind"] == "Job" and each["metadata"]["name"].startswith("metastore-schema-"))
        arguments = job["spec"]["template"]["spec"]["containers"][0]["args"]
        command = self.java("metastore", conf, SCHEMA_TOOL, *arguments)
        variables = self.variables(conf, METASTORE_HOME=str(home))
        made = subprocess.run(command, capture_output=True, text=True, check=False, env=variables, cwd=conf.parent)
        assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-6000:]
        return made.stdout

    def scripts(self) -> Path:
        """A folder with the script of the schema where schematool looks for it: Hive's own, or one that stands for it."""
        if given := os.environ.get("HIVE_HOME"):
            return Path(given)
        home = self.folder / "home"
        scripts = home / "scripts/metastore/upgrade/postgres"
        scripts.mkdir(parents=True)
        conf = self.folder / "mapping/conf"
        self.configuration("metastore", conf)
        mapping = conf.parent / "mapping.sql"
        command = self.java("metastore", conf, "Schema", str(mapping))
        made = subprocess.run(command, capture_output=True, text=True, check=False, env=self.variables(conf))
        assert made.returncode == 0, made.stderr[-6000:]
        parts = [mapping.read_text(), (HERE / "schema.sql").read_text()]
        (scripts / f"hive-schema-{SCHEMA_VERSION}.postgres.sql").write_text("\n".join(parts))
        (scripts / "upgrade.order.postgres").touch()
        return home


SCHEMA_VERSION = "4.1.0"
# How often the metastore that leads looks for what is to be compacted: each five minutes otherwise.
SOONER = {"hive.compactor.check.interval": "5s"}
SCHEMA_TOOL = "org.apache.hadoop.hive.metastore.tools.schematool.MetastoreSchemaTool"


@dataclass
class Metastore:
    """One metastore; its files are those of the site."""

    site: Site
    name: str
    port: int = field(default_factory=free_port)
    catalog: int = field(default_factory=free_port)

    @property
    def folder(self) -> Path:
        return self.site.folder / self.name

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def answers(self) -> bool:
        return answers(self.port) and answers(self.catalog)

    @contextmanager
    def running(self) -> Iterator[Metastore]:
        conf = self.folder / "conf"
        self.site.configuration("metastore", conf, **{"metastore.catalog.servlet.port": str(self.catalog)}, **SOONER)
        command = self.site.java("metastore", conf, "org.apache.hadoop.hive.metastore.HiveMetaStore", "-p", str(self.port))
        environment = self.site.variables(conf, HADOOP_USER_NAME="hive")
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


@dataclass
class Engine:
    """The engine of HiveServer2 with the settings of the site: what it runs in a pod runs here in a process."""

    site: Site
    metastore: Metastore
    process: subprocess.Popen[str] | None = None

    @property
    def log(self) -> Path:
        return self.site.folder / "engine/log"

    @contextmanager
    def running(self) -> Iterator[Engine]:
        conf = self.log.parent / "conf"
        uri = f"thrift://127.0.0.1:{self.metastore.port}"
        settings = self.site.configuration("hiveserver2", conf, **{"hive.metastore.uris": uri})
        assert settings["hive.txn.manager"].endswith("DbTxnManager") and settings["tez.local.mode"] == "true"
        command = self.site.java("hiveserver2", conf, "Engine", memory="1g")
        environment = os.environ | {"HIVE_CONF_DIR": str(conf), "HADOOP_USER_NAME": getpass.getuser()}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=conf.parent
            )
        try:
            yield self
        finally:
            self.process.kill()
            self.process.wait()

    def run(self, statement: str) -> list[str]:
        """Rows of a statement, columns between tabs."""
        assert self.process and self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{statement}\n")
        self.process.stdin.flush()
        rows = []
        for line in self.process.stdout:
            kind, _, rest = line.rstrip("\n").partition("\t")
            if kind == "row":
                rows.append(rest)
            elif kind in ("done", "failed"):
                assert kind == "done", f"{statement}: {rest}\n{self.log.read_text(errors='replace')[-8000:]}"
                return rows
        raise AssertionError(f"{statement}: the engine ended\n{self.log.read_text(errors='replace')[-8000:]}")


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

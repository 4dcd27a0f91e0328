"""The real Trino on loopback: a coordinator and workers, with the files of dist and other addresses, paths and keys."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from issuer import openssl

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
JAVA = Path(os.environ["JAVA_HOME"]) / "bin"
SERVER = Path(os.environ["TRINO_JARS"])
PLUGINS = {name: Path(folder) for name, folder in (each.split("=") for each in os.environ["TRINO_PLUGINS"].split())}
MAIN = {
    "tpch": "io.trino.plugin.tpch.TpchPlugin",
    "iceberg": "io.trino.plugin.iceberg.IcebergPlugin",
    "hive": "io.trino.plugin.hive.HivePlugin",
    "exchange-filesystem": "io.trino.plugin.exchange.filesystem.FileSystemExchangePlugin",
}
VERSION = re.search(r"trino: '(\d+)'", (REPOSITORY / "versions.ts").read_text()).group(1)
# Many servers start at once on few cores.
START_SECONDS = 1500
HEAP_MIB = int(2048 * 0.8)


def render() -> dict:
    done = subprocess.run(
        ["node", "bin/run.js", "test/trino/render.ts"], cwd=REPOSITORY, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def properties(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def lines(values: dict[str, str]) -> str:
    return "".join(f"{key}={value}\n" for key, value in values.items())


def replaced(values: dict[str, str], **changes: str) -> dict[str, str]:
    """The same with other values of keys that are there; a key that is not is a mistake of the test."""
    known = {key.replace("-", "_").replace(".", "_"): key for key in values}
    return {**values, **{known[name]: value for name, value in changes.items()}}


class Plugins:
    """The folder of plugins, as the distribution has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, jars in PLUGINS.items():
            (folder / name).mkdir(parents=True)
            for jar in jars.iterdir():
                (folder / name / jar.name).symlink_to(jar)
            self._announce(name, MAIN[name])
        classes = folder.parent / "groups"
        javac(classes, "Groups.java", SERVER)
        (folder / "groups").mkdir()
        with zipfile.ZipFile(folder / "groups" / "groups.jar", "w") as jar:
            for file in classes.iterdir():
                jar.write(file, file.name)
        self._announce("groups", "Groups")

    def _announce(self, name: str, main: str) -> None:
        with zipfile.ZipFile(self.folder / name / "services.jar", "w") as jar:
            jar.writestr("META-INF/services/io.trino.spi.Plugin", f"{main}\n")


def javac(to: Path, source: str, *jars: Path) -> None:
    to.mkdir(exist_ok=True)
    path = ":".join(f"{each}/*" for each in jars)
    done = subprocess.run(
        [str(JAVA / "javac"), "-cp", path, "-d", str(to), str(HERE / source)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"javac ended with {done.returncode}: {done.stderr}"


class Node:
    def __init__(self, cluster: "Cluster", name: str, files: dict[str, str], rules: dict[str, str]) -> None:
        self.cluster, self.name = cluster, name
        self.home = cluster.folder / name
        self.etc = self.home / "etc"
        self.log = self.home / "server.log"
        self.http, self.https = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.files, self.rules = files, rules

    def prepare(self) -> None:
        folders = {each: self.home / each for each in ("etc", "catalogs", "rules", "cache", "data")}
        for folder in folders.values():
            folder.mkdir(parents=True)
        for file, text in self.rules.items():
            (folders["rules"] / file).write_text(text)
        for file, text in self.cluster.catalogs(folders["cache"]).items():
            (folders["catalogs"] / file).write_text(text)
        for file, text in self.files.items():
            (self.etc / file).write_text(self._at(file, text, folders))
        # What chooses shares has no plugin here.
        for file in ("resource-groups.properties", "resource-groups.json"):
            (self.etc / file).unlink(missing_ok=True)

    def _at(self, file: str, text: str, folders: dict[str, Path]) -> str:
        """A rendered file with the addresses, paths and keys of this machine."""
        values = properties(text)
        if file == "config.properties":
            values = replaced(
                values,
                http_server_http_port=str(self.http),
                http_server_https_port=str(self.https),
                discovery_uri=f"https://localhost:{self.cluster.coordinator.https}",
                catalog_config_dir=str(folders["catalogs"]),
                access_control_config_files=str(self.etc / "access-control.properties"),
                exchange_manager_config_file=str(self.etc / "exchange-manager.properties"),
            )
            if self is self.cluster.coordinator:
                values = replaced(
                    values,
                    http_server_https_keystore_path=str(self.cluster.tls / "keystore.p12"),
                    http_server_https_truststore_path=str(self.cluster.tls / "ca.crt"),
                    http_server_authentication_oauth2_issuer=self.cluster.issuer_url,
                )
            # Several nodes on one machine.
            values |= {"node.bind-ip": "127.0.0.1", "node.internal-address": "127-0-0-1.ip"}
        elif file == "node.properties":
            values = replaced(values, node_data_dir=str(folders["data"]), plugin_dir=str(self.cluster.plugins.folder))
        elif file == "access-control.properties":
            values = replaced(values, security_config_file=str(folders["rules"] / "rules.json"))
        elif file == "group-provider.properties":
            values = replaced(values, file_group_file=str(folders["rules"] / "groups.txt"))
        elif file == "exchange-manager.properties":
            values = {"exchange-manager.name": "filesystem", "exchange.base-directories": str(self.cluster.spool)}
        else:
            return text
        return lines(values)

    def start(self) -> None:
        # The launcher hands on what is in jvm.config and node.properties; the heap is not that of a container here.
        flags = [
            line for line in (self.etc / "jvm.config").read_text().splitlines() if line and "RAMPercentage" not in line
        ]
        node = properties((self.etc / "node.properties").read_text())
        command = [
            str(JAVA / "java"),
            *flags,
            f"-Xmx{HEAP_MIB}m",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            *(f"-D{key}={value}" for key, value in node.items()),
            f"-Dnode.id={self.name}",
            f"-Dconfig={self.etc / 'config.properties'}",
            f"-Dlog.levels-file={self.etc / 'log.properties'}",
            "-cp",
            f"{self.cluster.classes}:{SERVER}/*",
            "Node",
            VERSION,
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=self.home, env=self.cluster.environment, stdout=log, stderr=log)

    def said(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text(errors="replace"))

    def wait(self, deadline: float) -> None:
        assert self.process
        while "SERVER STARTED" not in self.said():
            wrong = [line for line in self.said().splitlines() if "\tERROR\t" in line or line.startswith("1) ")]
            assert self.process.poll() is None and time.monotonic() < deadline, "\n".join(
                [self.name, *wrong, *self.said().splitlines()[-30:]]
            )
            time.sleep(1)

    def request(self, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, str]:
        """What is answered without TLS: probes, metrics, shutdown."""
        request = urllib.request.Request(f"http://localhost:{self.http}{path}", data=body, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=60)


class Refused(Exception):
    """The server did not do what a query wanted."""


class Cluster:
    def __init__(self, folder: Path, rendered: dict, issuer_url: str) -> None:
        self.folder, self.rendered, self.issuer_url = folder, rendered, issuer_url
        self.spool, self.lake = folder / "spool", folder / "lake"
        self.tls = folder / "tls"
        for each in (self.spool, self.lake, self.tls):
            each.mkdir()
        self.environment = {
            **os.environ,
            "INTERNAL_SECRET": os.urandom(32).hex(),
            "KEYSTORE_PASSWORD": os.urandom(20).hex(),
            "OIDC_CLIENT_SECRET": os.urandom(20).hex(),
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
        }
        self._certify()
        self.classes = folder / "classes"
        javac(self.classes, "Node.java", SERVER)
        self.plugins = Plugins(folder / "plugin")
        self.coordinator = Node(self, "coordinator", rendered["coordinator"], rendered["rules"])
        self.workers = [Node(self, f"worker-{n}", rendered["worker"], rendered["workerRules"]) for n in (1, 2, 3)]

    @property
    def nodes(self) -> list[Node]:
        return [self.coordinator, *self.workers]

    def _certify(self) -> None:
        """What cert-manager makes: an authority, the coordinator's keystore, and a certificate for each team."""
        ca = ["-CA", str(self.tls / "ca.crt"), "-CAkey", str(self.tls / "ca.key"), "-CAcreateserial", "-days", "2"]
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        made = ["-keyout", str(self.tls / "ca.key"), "-out", str(self.tls / "ca.crt")]
        openssl("req", "-x509", *curve, "-subj", "/CN=lakeport", "-days", "2", *made)
        for name, subject, extensions in (
            ("server", "/CN=trino", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n"),
            ("analytics", "/CN=team-analytics", "extendedKeyUsage=clientAuth\n"),
            ("ingestion", "/CN=team-ingestion", "extendedKeyUsage=clientAuth\n"),
            ("science", "/CN=team-science", "extendedKeyUsage=clientAuth\n"),
            ("stranger", "/CN=streaming_replica", "extendedKeyUsage=clientAuth\n"),
        ):
            (self.tls / f"{name}.ext").write_text(extensions)
            key, csr, crt = (str(self.tls / f"{name}.{ending}") for ending in ("key", "csr", "crt"))
            openssl("req", "-new", *curve, "-subj", subject, "-keyout", key, "-out", csr)
            openssl("x509", "-req", "-in", csr, *ca, "-extfile", str(self.tls / f"{name}.ext"), "-out", crt)
        password = f"pass:{self.environment['KEYSTORE_PASSWORD']}"
        server = [str(self.tls / f"server.{ending}") for ending in ("crt", "key")]
        store = ["-passout", password, "-out", str(self.tls / "keystore.p12")]
        authority = ["-certfile", str(self.tls / "ca.crt")]
        openssl("pkcs12", "-export", "-in", server[0], "-inkey", server[1], *authority, *store)

    def catalogs(self, cache: Path) -> dict[str, str]:
        """Catalogs of every site as they are rendered, whose keys the server checks; and one that has files here."""
        files = {"tpch.properties": self.rendered["catalogs"]["aws"]["tpch.properties"]}
        for site, catalogs in self.rendered["catalogs"].items():
            for name in ("lake", "hive"):
                values = properties(catalogs[f"{name}.properties"])
                folder = cache / f"{name}_{site}"
                folder.mkdir()
                values = replaced(values, fs_cache_directories=str(folder))
                files[f"{name}_{site}.properties"] = lines(values)
        files["lake.properties"] = lines(self._local_lake(cache))
        return files

    def _local_lake(self, cache: Path) -> dict[str, str]:
        """The catalog of tables with the local disk for an object store, and files for a metastore."""
        values = properties(self.rendered["catalogs"]["aws"]["lake.properties"])
        kept = {key: value for key, value in values.items() if not key.startswith(("s3.", "fs.", "hive.metastore."))}
        (cache / "lake").mkdir()
        return replaced(kept, iceberg_catalog_type="TESTING_FILE_METASTORE") | {
            "hive.metastore.catalog.dir": "local:///",
            "local.location": str(self.lake),
            "fs.local.enabled": "true",
        }

    def start(self) -> None:
        for node in self.nodes:
            node.prepare()
        for node in self.nodes:
            node.start()
        deadline = time.monotonic() + START_SECONDS
        for node in self.nodes:
            node.wait(deadline)
        self.workers_are(len(self.workers))

    def workers_are(self, count: int) -> None:
        deadline = time.monotonic() + 300
        sql = "SELECT count(*) FROM system.runtime.nodes WHERE NOT coordinator AND state = 'active'"
        while self.query("analytics", sql) != [[count]]:
            assert time.monotonic() < deadline
            time.sleep(1)

    def context(self, team: str | None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.tls / "ca.crt"))
        if team:
            context.load_cert_chain(str(self.tls / f"{team}.crt"), str(self.tls / f"{team}.key"))
        return context

    def begin(self, sql: str, team: str | None = None, token: str | None = None, **session: str) -> "Query":
        return Query(self, sql, team, token, session)

    def query(self, team: str | None, sql: str, token: str | None = None, **session: str) -> list:
        return self.begin(sql, team, token, **session).rows()

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Query:
    """A statement as a client sends it."""

    def __init__(self, cluster: Cluster, sql: str, team: str | None, token: str | None, session: dict[str, str]) -> None:
        self.context = cluster.context(team)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if session:
            self.headers["X-Trino-Session"] = ",".join(f"{key}={value}" for key, value in session.items())
        self.state = self._call(f"https://localhost:{cluster.coordinator.https}/v1/statement", sql.encode())

    def _call(self, url: str, body: bytes | None = None) -> dict:
        request = urllib.request.Request(url, data=body, headers=self.headers)
        try:
            with urllib.request.urlopen(request, timeout=300, context=self.context) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise Refused(f"{error.code} {error.read().decode()}") from error

    def rows(self) -> list:
        found: list = []
        while True:
            found += self.state.get("data", [])
            if "error" in self.state:
                raise Refused(self.state["error"]["message"])
            if "nextUri" not in self.state:
                return found
            self.state = self._call(self.state["nextUri"])

"""One server of the real Cassandra on loopback, with the rendered configuration."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
JARS = os.environ.get("CASSANDRA_JARS", "")
# What jvm17-server.options of Cassandra 5.0 opens for it.
OPENS = [
    f"--add-{kind}=java.{name}=ALL-UNNAMED"
    for kind, names in {
        "exports": ("base/jdk.internal.misc", "base/jdk.internal.ref", "base/sun.nio.ch", "base/java.lang.ref",
                    "management.rmi/com.sun.jmx.remote.internal.rmi", "rmi/sun.rmi.registry", "rmi/sun.rmi.server",
                    "sql/java.sql"),
        "opens": ("base/java.lang.module", "base/jdk.internal.loader", "base/jdk.internal.ref",
                  "base/jdk.internal.reflect", "base/jdk.internal.math", "base/jdk.internal.module",
                  "base/jdk.internal.util.jar", "base/sun.nio.ch", "base/java.io", "base/java.nio", "base/java.lang",
                  "base/java.lang.reflect", "base/java.util", "base/java.util.concurrent",
                  "base/java.util.concurrent.atomic"),
    }.items()
    for name in names
]  # fmt: skip


LOGGING = """<configuration><appender name="out" class="ch.qos.logback.core.ConsoleAppender">
<encoder><pattern>%-5level %logger{0} %msg%n</pattern></encoder></appender>
<root level="INFO"><appender-ref ref="out"/></root></configuration>"""


def run(*command: str, **options: object) -> str:
    """Runs a program to its end; returns what it prints. Raises for one that fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


def render() -> list[dict]:
    """The objects of Cassandra as lakeport renders them."""
    return json.loads(run("node", str(ROOT / "bin/run.js"), "test/serving/render.ts", cwd=ROOT))


def find(objects: list[dict], kind: str, name: str) -> dict:
    return next(each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


def statements(text: str) -> list[str]:
    """The statements of a file of CQL; none of ours has a semicolon in a text."""
    plain = re.sub(r"^--.*$", "", text, flags=re.MULTILINE)
    return [each.strip() for each in plain.split(";") if each.strip()]


class Server:
    """The server: rendered settings, on which addresses and folders of this machine are laid."""

    def __init__(self, folder: Path, objects: list[dict]) -> None:
        self.folder = folder
        self.spec = find(objects, "CassandraDatacenter", "dc1")["spec"]
        self.port, self.internode, self.jmx = free_port(), free_port(), free_port()
        self.process: subprocess.Popen | None = None
        self.tls = folder / "server"
        self.data = folder / "data"

    @property
    def authority(self) -> Path:
        return self.tls / "ca.crt"

    def certificates(self) -> None:
        """As cert-manager makes them: keys of P-256 in PKCS #8, key and certificate in one file."""
        self.tls.mkdir()
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        ca = ("-CA", "ca.crt", "-CAkey", "ca.key")
        options = {"cwd": self.tls}
        run("openssl", "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=ca", **options)
        run("openssl", "req", *curve, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=cql", **options)
        (self.tls / "names").write_text("subjectAltName=DNS:cql.cassandra.svc\nextendedKeyUsage=serverAuth,clientAuth\n")
        run("openssl", "x509", "-req", "-in", "tls.csr", *ca, "-CAcreateserial", "-out", "tls.crt", "-days", "2",
            "-extfile", "names", **options)  # fmt: skip
        pair = (self.tls / "tls.key").read_text() + (self.tls / "tls.crt").read_text()
        (self.tls / "tls-combined.pem").write_text(pair)

    def configuration(self) -> dict:
        """The rendered cassandra.yaml, with what the operator adds: addresses, seeds and folders."""
        rendered = self.spec["config"]["cassandra-yaml"]
        text = json.dumps(rendered).replace("/etc/server", str(self.tls))
        folders = {
            "data_file_directories": [str(self.data)],
            **{f"{name}_directory": str(self.folder / name) for name in ("commitlog", "saved_caches", "hints", "cdc_raw")},
        }
        seeds = {"class_name": "org.apache.cassandra.locator.SimpleSeedProvider",
                 "parameters": [{"seeds": f"{HOST}:{self.internode}"}]}  # fmt: skip
        return {
            "cluster_name": self.spec["clusterName"],
            "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
            "endpoint_snitch": "GossipingPropertyFileSnitch",
            "listen_address": HOST,
            "rpc_address": HOST,
            "storage_port": self.internode,
            "native_transport_port": self.port,
            "commitlog_sync": "periodic",
            "commitlog_sync_period": "10s",
            "commitlog_disk_access_mode": "legacy",
            "seed_provider": [seeds],
            **folders,
            **json.loads(text),
        }

    def java(self, *arguments: str) -> list[str]:
        home = os.environ.get("JAVA_HOME")
        return [str(Path(home, "bin/java")) if home else "java", *OPENS, "-cp", f"{self.folder / 'conf'}:{JARS}/*", *arguments]

    def start(self, seconds: int = 400) -> None:
        """Starts it and waits until it takes clients. Raises where it ends before."""
        conf = self.folder / "conf"
        conf.mkdir()
        (conf / "cassandra.yaml").write_text(yaml.safe_dump(self.configuration()))
        rack = self.spec["racks"][0]["name"]
        (conf / "cassandra-rackdc.properties").write_text(f"dc={self.spec['datacenterName']}\nrack={rack}\n")
        (conf / "logback.xml").write_text(LOGGING)
        # Its program and its settings of the JVM are in files that Maven has not.
        log = (self.folder / "log.txt").open("w")
        self.process = subprocess.Popen(
            self.java(
                "-Xms512m", "-Xmx512m", "-Dcassandra-foreground=yes", f"-Dcassandra.config={(conf / 'cassandra.yaml').as_uri()}",
                f"-Dcassandra.storagedir={self.folder}", f"-Dcassandra.jmx.local.port={self.jmx}",
                "-Dcassandra.ring_delay_ms=1000", "-Dcassandra.superuser_setup_delay_ms=0",
                "-Djdk.attach.allowAttachSelf=true", "-Djava.io.tmpdir=" + str(self.folder),
                "org.apache.cassandra.service.CassandraDaemon",
            ),
            stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
        )  # fmt: skip
        end = time.monotonic() + seconds
        while "Starting listening for CQL clients" not in self.log() or not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Cassandra did not start:\n{self.log()[-4000:]}")
            time.sleep(1)

    def wait_for(self, text: str, seconds: int = 120) -> None:
        """Until its log says something. Raises where it does not."""
        end = time.monotonic() + seconds
        while text not in self.log():
            if time.monotonic() > end:
                raise RuntimeError(f"Cassandra does not say {text!r}:\n{self.log()[-2000:]}")
            time.sleep(1)

    def answers(self) -> bool:
        try:
            socket.create_connection((HOST, self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def nodetool(self, *arguments: str) -> str:
        return run(*self.java("-Xmx128m", "org.apache.cassandra.tools.NodeTool", "-p", str(self.jmx), *arguments), cwd=self.folder)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if "--keep" not in sys.argv:
            shutil.rmtree(self.data, ignore_errors=True)

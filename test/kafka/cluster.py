"""A Kafka cluster of this machine, configured as the operator would configure it of what lakeport renders."""

import json
import os
import secrets
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
JARS = os.environ["KAFKA_JARS"]
JAVA = f"{os.environ['JAVA_HOME']}/bin/java" if "JAVA_HOME" in os.environ else "java"
JAVAC = f"{JAVA}c"
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
CLUSTER_ID = "bGFrZXBvcnQtdGVzdC1rZg"
# Certificates of the operators' own clients: each name is a super user.
OPERATOR = "lake-entity-user-operator"

Manifest = dict[str, Any]


def run(*command: str, stdin: str | None = None, **options: Any) -> str:
    done = subprocess.run(command, input=stdin, text=True, capture_output=True, **options)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def free_ports(count: int) -> list[int]:
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in listening]
    for each in listening:
        each.close()
    return ports


@dataclass
class Rendered:
    """Objects of a site."""

    manifests: list[Manifest]

    def all(self, kind: str) -> list[Manifest]:
        return [each for each in self.manifests if each["kind"] == kind]

    def one(self, kind: str, name: str) -> Manifest:
        (found,) = (each for each in self.all(kind) if each["metadata"]["name"] == name)
        return found


    def tables(self) -> dict[str, str]:
        """What every job of the site is told of tables."""
        defaults = next(
            each["data"]["spark-defaults.conf"]
            for each in self.all("ConfigMap")
            if each["metadata"]["name"] == "spark-operator-defaults"
        )
        keys = ("spark.sql.extensions ", "spark.sql.catalog.")
        return dict(line.split(" ", 1) for line in defaults.splitlines() if line.startswith(keys))


def render(jwks: str) -> Rendered:
    text = run("node", "bin/run.js", "test/kafka/render.ts", jwks, cwd=ROOT)
    return Rendered(json.loads(text))


@dataclass
class Authority:
    """An authority for certificates, in a folder; keys and certificates are PEM."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._openssl("req", "-x509", "-nodes", "-days", "2", "-subj", "/O=io.strimzi/CN=cluster-ca",
                      "-newkey", "rsa:2048", "-keyout", "ca.key", "-out", "ca.crt")  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        run("openssl", *arguments, cwd=self.folder)

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.crt"

    def issue(self, name: str, subject: str, alternatives: list[str]) -> Path:
        """A file with the key and the certificate of a subject."""
        (self.folder / f"{name}.ext").write_text(
            f"subjectAltName={','.join(f'DNS:{each}' for each in alternatives)}\n" if alternatives else ""
        )
        self._openssl("req", "-new", "-nodes", "-newkey", "rsa:2048", "-subj", f"/O=io.strimzi/CN={subject}",
                      "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        self._openssl("x509", "-req", "-days", "2", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                      "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.crt")  # fmt: skip
        both = self.folder / f"{name}.pem"
        both.write_text("".join((self.folder / f"{name}.{end}").read_text() for end in ("key", "crt")))
        return both


@dataclass
class Node:
    """A controller or a broker: its properties and its process."""

    name: str
    id: int
    is_broker: bool
    ports: dict[str, int]
    process: subprocess.Popen[bytes] | None = None


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Cluster:
    """One controller and as many brokers as the node pool says, on loopback."""

    folder: Path
    rendered: Rendered
    # The port at which clients find the cluster; one that is free by default.
    entrance: int | None = None
    passwords: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.kafka = self.rendered.one("Kafka", "lake")["spec"]["kafka"]
        self.authority = Authority(self.folder / "authority")
        names = [
            name
            for listener in self.kafka["listeners"]
            for name in listener["configuration"]["bootstrap"]["alternativeNames"]
        ]
        self.certificate = self.authority.issue("node", "lake-kafka", ["localhost", *names])
        self.operator = self.authority.issue("operator", OPERATOR, [])
        brokers = self.rendered.one("KafkaNodePool", "broker")["spec"]["replicas"]
        listeners = [each["name"] for each in self.kafka["listeners"]]
        ports = iter(free_ports(1 + brokers * (1 + len(listeners))))
        self.nodes = [Node("controller-0", 0, False, {"controlplane": next(ports)})]
        for index in range(brokers):
            names = {each: next(ports) for each in ("replication", *listeners)}
            self.nodes.append(Node(f"broker-{index}", 1 + index, True, names))
        if self.entrance is not None:
            self.brokers[0].ports["clients"] = self.entrance
        self.classes = self.folder / "classes"
        run(JAVAC, "-nowarn", "-cp", f"{JARS}/*", "-d", str(self.classes), str(Path(__file__).parent / "Admin.java"))

    @property
    def brokers(self) -> list[Node]:
        return [node for node in self.nodes if node.is_broker]

    def bootstrap(self, listener: str = "clients") -> str:
        return ",".join(f"localhost:{node.ports[listener]}" for node in self.brokers)

    def properties(self, node: Node) -> dict[str, str]:
        """
        What the operator writes of the Kafka object: listeners, identities and rack by its own rules, then the
        `config` of the object as it is. Different here: all nodes are on one host, each with ports of its own;
        certificates are files; there is neither Cruise Control nor the reporter of metrics.
        """
        controller = self.nodes[0]
        tls = {
            "ssl.keystore.location": str(self.certificate),
            "ssl.keystore.type": "PEM",
            "ssl.truststore.location": str(self.authority.certificate),
            "ssl.truststore.type": "PEM",
        }
        result = {
            "node.id": str(node.id),
            "process.roles": "broker" if node.is_broker else "controller",
            "controller.listener.names": "CONTROLPLANE",
            "controller.quorum.voters": f"0@localhost:{controller.ports['controlplane']}",
            "log.dirs": str(self.folder / node.name),
            "metadata.log.dir": str(self.folder / node.name),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:CN=lake-kafka,O=io.strimzi;User:CN={OPERATOR},O=io.strimzi",
            "sasl.enabled.mechanisms": "",
            "ssl.endpoint.identification.algorithm": "HTTPS",
        }
        protocols = {"CONTROLPLANE": "SSL"}
        for internal in ("controlplane", *(["replication"] if node.is_broker else [])):
            result |= {f"listener.name.{internal}.{key}": value for key, value in tls.items()}
            result[f"listener.name.{internal}.ssl.client.auth"] = "required"
        if node.is_broker:
            protocols["REPLICATION"] = "SSL"
            result["inter.broker.listener.name"] = "REPLICATION"
            assert self.kafka["rack"]["type"] == "topology-label"
            result["broker.rack"] = f"zone-{node.id}"
            for listener in self.kafka["listeners"]:
                protocols[listener["name"].upper()] = "SASL_SSL" if listener["tls"] else "SASL_PLAINTEXT"
                result |= self._listener(listener, tls)
        result["listener.security.protocol.map"] = ",".join(f"{name}:{each}" for name, each in protocols.items())
        result["listeners"] = ",".join(f"{name.upper()}://127.0.0.1:{port}" for name, port in node.ports.items())
        result["advertised.listeners"] = ",".join(
            f"{name.upper()}://localhost:{port}" for name, port in node.ports.items()
        )
        return result | {key: text_of(value) for key, value in self.kafka["config"].items()}

    @staticmethod
    def _listener(listener: Manifest, tls: dict[str, str]) -> dict[str, str]:
        prefix = f"listener.name.{listener['name']}"
        certificate = {f"{prefix}.{key}": value for key, value in tls.items() if "keystore" in key}
        authentication = listener["authentication"]
        if authentication["type"] == "scram-sha-512":
            module = "org.apache.kafka.common.security.scram.ScramLoginModule"
            return certificate | {
                f"{prefix}.sasl.enabled.mechanisms": "SCRAM-SHA-512",
                f"{prefix}.scram-sha-512.sasl.jaas.config": f"{module} required;",
            }
        own = authentication["listenerConfig"].items()
        return certificate | {f"{prefix}.{key}": text_of(value) for key, value in own}

    def file(self, name: str, properties: dict[str, str]) -> Path:
        path = self.folder / name
        # Backslashes and line ends do not occur in these values.
        path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        return path

    def start(self) -> None:
        """Formats and starts every node, and waits until all brokers are in the cluster."""
        metadata = str(self.kafka["metadataVersion"])
        for node in self.nodes:
            config = str(self.file(f"{node.name}.properties", self.properties(node)))
            run(JAVA, "-Xmx128m", "-cp", f"{JARS}/*", "kafka.tools.StorageTool", "format", "--cluster-id",
                CLUSTER_ID, "--config", config, "--release-version", metadata)  # fmt: skip
        for node in self.nodes:
            self.start_node(node)
        self.wait_for_brokers()

    def start_node(self, node: Node) -> None:
        system = self.kafka.get("jvmOptions", {}).get("javaSystemProperties", [])
        flags = [f"-D{each['name']}={each['value']}" for each in system]
        log = (self.folder / f"{node.name}.log").open("ab")
        config = str(self.folder / f"{node.name}.properties")
        heap = ["-Xmx320m", "-XX:+UseSerialGC", QUIET]
        node.process = subprocess.Popen(
            [JAVA, *heap, *flags, "-cp", f"{JARS}/*", "kafka.Kafka", config], stdout=log, stderr=log
        )

    def wait_for_brokers(self) -> None:
        end = time.monotonic() + 300
        while True:
            for node in self.nodes:
                log = self.folder / f"{node.name}.log"
                assert node.process and node.process.poll() is None, f"{node.name} ended:\n{log.read_text()[-3000:]}"
            found = self.admin("describe", {})
            if found.get("brokers") == len(self.brokers):
                return
            assert time.monotonic() < end, f"the brokers did not come: {found}"
            time.sleep(1)

    def stop(self) -> None:
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                node.process.kill()
                node.process.wait()

    def admin(self, command: str, task: Manifest) -> Manifest:
        """As the operators of topics and users: with a certificate, on the listener for replication."""
        return self._java(command, task, "operator.properties", {
            "bootstrap.servers": self.bootstrap("replication"),
            "security.protocol": "SSL",
            "ssl.keystore.location": str(self.operator),
            "ssl.keystore.type": "PEM",
            "ssl.truststore.location": str(self.authority.certificate),
            "ssl.truststore.type": "PEM",
        })  # fmt: skip

    def client(self, user: str, command: str, task: Manifest, **changes: str) -> Manifest:
        """As a user with a password; properties may be changed, with underscores for dots."""
        properties = {
            "bootstrap.servers": self.bootstrap(),
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.jaas.config": self.jaas(user),
            "ssl.truststore.location": str(self.authority.certificate),
            "ssl.truststore.type": "PEM",
        }
        return self._java(command, task, f"{user}.properties", properties | dots(changes))

    def jaas(self, user: str) -> str:
        """As the operator of users writes it in the Secret of a user."""
        module = "org.apache.kafka.common.security.scram.ScramLoginModule"
        return f'{module} required username="{user}" password="{self.passwords[user]}";'

    def _java(self, command: str, task: Manifest, name: str, properties: dict[str, str]) -> Manifest:
        config = self.file(name, properties)
        classes = f"{self.classes}:{JARS}/*"
        url = properties.get("sasl.oauthbearer.token.endpoint.url", "none")
        allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={url}"
        text = run(JAVA, "-Xmx192m", QUIET, allowed, "-cp", classes, "Admin", str(config), command, stdin=json.dumps(task))
        answer: Manifest = json.loads(text.splitlines()[-1])
        return answer

    def apply(self) -> None:
        """Topics and users as the operators would make them; passwords are made here."""
        users = self.rendered.all("KafkaUser")
        self.passwords = {user["metadata"]["name"]: secrets.token_hex(20) for user in users}
        task = {"topics": self.rendered.all("KafkaTopic"), "users": users, "passwords": self.passwords}
        assert self.admin("apply", task) == {}


def dots(changes: dict[str, str]) -> dict[str, str]:
    return {key.replace("_", "."): value for key, value in changes.items()}

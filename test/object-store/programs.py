"""Starts the programs of the store as dist has them: their arguments and files, at addresses of this machine."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml

PR_SET_PDEATHSIG = 1
MEMBER = re.compile(r"([a-z]+-\d+)\.(?:metadata|master|volume)\.object-store\.svc(?::(\d+))?")


def load(folder: Path, kind: str, name: str) -> dict:
    return yaml.safe_load((folder / f"{kind}-{name}.yaml").read_text())


def free_port() -> int:
    """A port that is free, and so is the one 10,000 above it, where a program of the store speaks gRPC."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            if not 20_000 <= port <= 50_000:
                continue
            try:
                other.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            return port


def end_with_parent() -> None:
    """Has the kernel end a program when the run is killed and can no longer do so itself."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass
class Program:
    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str]
    probe: str
    process: subprocess.Popen | None = None

    def start(self) -> None:
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, preexec_fn=end_with_parent
            )

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def wait(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process and self.process.poll() is None, f"{self.name} ended: see {self.folder}/log"
            try:
                with urllib.request.urlopen(self.probe, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.3)
        raise TimeoutError(f"{self.name} does not answer: see {self.folder}/log")


class Store:
    """All programs of the store, each member at ports of its own."""

    def __init__(self, dist: Path, folder: Path, etcd: str, weed: str, secrets: dict[str, str], listener: str):
        self.dist, self.folder, self.etcd, self.weed, self.secrets = dist, folder, etcd, weed, secrets
        self.listener = listener
        self.ports: dict[tuple[str, int], int] = {}
        self.programs: dict[str, Program] = {}
        for name in ("metadata", "master", "volume"):
            workload = load(dist, "statefulset", name)
            for index in range(workload["spec"]["replicas"]):
                self.add(f"{name}-{index}", workload)
        gateway = load(dist, "deployment", "object-store")
        for index in range(2):
            self.add(f"gateway-{index}", gateway)

    def port(self, member: str, port: int) -> int:
        # gRPC is 10,000 above HTTP, here too.
        if port > 10_000:
            return self.port(member, port - 10_000) + 10_000
        return self.ports.setdefault((member, port), free_port())

    def local(self, text: str, member: str) -> str:
        text = text.replace("$(POD_NAME)", member).replace("$(POD_IP)", "127.0.0.1")
        text = text.replace("metadata-client.object-store.svc:2379", f"127.0.0.1:{self.port('metadata-0', 2379)}")
        text = text.replace("object-store-events.argo-events.svc:12000", self.listener)
        text = MEMBER.sub(
            lambda found: "127.0.0.1" + (f":{self.port(found[1], int(found[2]))}" if found[2] else ""), text
        )
        text = re.sub(r"0\.0\.0\.0:(\d+)", lambda found: f"127.0.0.1:{self.port(member, int(found[1]))}", text)
        text = re.sub(
            r"^(-(?:s3\.)?port)=([1-9]\d*)$", lambda found: f"{found[1]}={self.port(member, int(found[2]))}", text
        )
        folder = str(self.folder / member)
        for path in ("/data", "/etc/object-store", "/etc/seaweedfs"):
            text = text.replace(f"={path}", f"={folder}{path}")
        return text.replace("0.0.0.0", "127.0.0.1")

    def add(self, member: str, workload: dict) -> None:
        container = workload["spec"]["template"]["spec"]["containers"][0]
        folder = self.folder / member
        for path in ("data", "etc/object-store", "etc/seaweedfs"):
            (folder / path).mkdir(parents=True)
        # The programs look where they are started before they look in /etc/seaweedfs.
        for volume in workload["spec"]["template"]["spec"]["volumes"] if "metadata" not in member else []:
            if "configMap" in volume:
                for name, text in load(self.dist, "configmap", volume["configMap"]["name"])["data"].items():
                    (folder / name).write_text(self.local(text, member))
        (folder / "etc/object-store/s3.json").write_text(self.secrets["s3.json"])
        program = {"/usr/local/bin/etcd": self.etcd, "/usr/bin/weed": self.weed}[container["command"][0]]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            **{
                each["name"]: self.secrets[each["valueFrom"]["secretKeyRef"]["key"]]
                for each in container["env"]
                if "secretKeyRef" in each.get("valueFrom", {})
            },
        }
        ports = {each["name"]: each["containerPort"] for each in container["ports"]}
        probe = container["readinessProbe"]["httpGet"]
        self.programs[member] = Program(
            member,
            [program, *[self.local(text, member) for text in container["args"]]],
            folder,
            environment,
            f"http://127.0.0.1:{self.port(member, ports[probe['port']])}{probe['path']}",
        )

    def start(self) -> None:
        for name in ("metadata", "master", "volume", "gateway"):
            some = [each for each in self.programs.values() if each.name.startswith(name)]
            for each in some:
                each.start()
            for each in some:
                each.wait()

    def stop(self) -> None:
        for each in reversed(self.programs.values()):
            each.stop()

    def address(self, member: str, port: int) -> str:
        return f"127.0.0.1:{self.port(member, port)}"

"""A store that speaks S3 on this machine, in the place of the one that a site has."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.fs

# The volume server's own port plus 10,000 is for gRPC; 18080 is the history server's.
VOLUMES = 8081
PORTS = [f"-volume.port={VOLUMES}", "-s3.port.iceberg=0", "-s3.port.lance=0"]


class Store:
    """SeaweedFS on one disk; keys are made for each run."""

    def __init__(self, endpoint: str, region: str, folder: Path) -> None:
        self.url = urlsplit(endpoint)
        self.region = region
        self.folder = folder
        self.keys = {"AWS_ACCESS_KEY_ID": secrets.token_hex(10), "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20)}
        self.log = folder / "store.log"

    def start(self) -> None:
        home = self.folder / "store"
        home.mkdir()
        shutil.copy(Path(sys.executable).with_name("weed"), home)
        access, secret = self.keys.values()
        identity = {"name": "jobs", "credentials": [{"accessKey": access, "secretKey": secret}], "actions": ["Admin"]}
        (home / "store.json").write_text(json.dumps({"identities": [identity]}))
        # Its parts speak over sockets of fixed names in /tmp, which another store on this machine would answer.
        alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind "$0" /tmp && exec /tmp/weed "$@"', str(home)]
        command = [*alone, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-dir=/tmp", "-s3"]
        command += [f"-s3.port={self.url.port}", "-s3.config=/tmp/store.json", *PORTS]
        command += ["-volume.max=0", "-master.volumeSizeLimitMB=512", "-master.telemetry=false"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 120
        while not (self.answers() and self.keeps()):
            assert self.process.poll() is None, f"the store ended:\n{self.log.read_text()[-2000:]}"
            assert time.monotonic() < end, f"the store did not start:\n{self.log.read_text()[-2000:]}"
            time.sleep(0.3)
        os.environ.update(self.keys)

    @staticmethod
    def answers() -> bool:
        """Whether the part that keeps objects is known to the one that hands out places: S3 answers before."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{VOLUMES}/healthz", timeout=5):
                pass
            with urllib.request.urlopen("http://127.0.0.1:9333/dir/status", timeout=5) as answer:
                centers = json.load(answer)["Topology"]["DataCenters"] or []
        except (OSError, ValueError):
            return False
        return any(rack["DataNodes"] for center in centers for rack in center["Racks"])

    def keeps(self) -> bool:
        """Whether it keeps an object."""
        try:
            self.files.create_dir("start")
            with self.files.open_output_stream("start/object") as file:
                file.write(b"kept")
        except OSError:
            return False
        return True

    @property
    def files(self) -> pyarrow.fs.S3FileSystem:
        access, secret = self.keys.values()
        return pyarrow.fs.S3FileSystem(
            access_key=access,
            secret_key=secret,
            endpoint_override=self.url.netloc,
            scheme=self.url.scheme,
            region=self.region,
            allow_bucket_creation=True,
        )

    @property
    def file_io(self) -> dict[str, str]:
        """What PyIceberg is told of it."""
        access, secret = self.keys.values()
        settings = {"s3.endpoint": self.url.geturl(), "s3.region": self.region}
        return settings | {"s3.access-key-id": access, "s3.secret-access-key": secret}

    def put(self, path: str, file: Path) -> None:
        """Saves a file under a path that begins with the bucket."""
        with self.files.open_output_stream(path) as target, file.open("rb") as source:
            while block := source.read(1 << 22):
                target.write(block)

    def names(self, path: str) -> list[str]:
        """Every object below a path."""
        found = self.files.get_file_info(pyarrow.fs.FileSelector(path, recursive=True, allow_not_found=True))
        return [each.path for each in found if each.is_file]

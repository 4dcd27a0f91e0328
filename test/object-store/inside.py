"""The store of the site onprem as tests use it: its buckets, its clients, the scripts of its Job."""

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from programs import load

DIST = Path(os.environ["LAKEPORT_DIST"]) / "onprem/object-store"
CONTRACT = json.loads(load(DIST, "configmap", "buckets")["data"]["buckets.json"])
FILES = load(DIST, "configmap", "object-store-set-up")["data"]
NAMESPACES = [each["name"] for each in json.loads(FILES["identities.json"])["identities"]]
NAMES = {purpose: bucket["Bucket"] for purpose, bucket in CONTRACT["buckets"].items()}


def password() -> str:
    return secrets.token_hex(20)


def client(store, who: str | None, gateway: str = "gateway-0"):
    access, secret = (store.secrets["accessKey"], store.secrets["secretKey"]) if who == "admin" else (None, None)
    if who and who != "admin":
        access, secret = store.keys[who]
    config = {"s3": {"addressing_style": "path"}, "retries": {"max_attempts": 1}, "read_timeout": 30}
    return boto3.client(
        "s3",
        endpoint_url=f"http://{store.address(gateway, 8333)}",
        region_name=CONTRACT["store"]["region"],
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        config=Config(**config, **({} if who else {"signature_version": UNSIGNED})),
    )


def run(store, script: str, files: dict[str, str] = FILES) -> str:
    """Runs a script of the ConfigMap as the Job does."""
    folder = store.folder / "job"
    shutil.rmtree(folder, ignore_errors=True)
    for path in ("files", "tmp"):
        (folder / path).mkdir(parents=True)
    for name, text in files.items():
        (folder / "files" / name).write_text(text)
    for namespace, (access, secret) in store.keys.items():
        (folder / "keys" / namespace).mkdir(parents=True)
        (folder / "keys" / namespace / "accessKey").write_text(access)
        (folder / "keys" / namespace / "secretKey").write_text(secret)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "FILES": str(folder / "files"),
        "KEYS": str(folder / "keys"),
        "MASTERS": ",".join(store.address(f"master-{index}", 9333) for index in range(3)),
        "FILER": store.address("gateway-0", 8888),
        "S3": f"http://{store.address('gateway-0', 8333)}",
        "S3_GRPC": store.address("gateway-0", 18_333),
        "REGION": CONTRACT["store"]["region"],
        "ACCESS_KEY": store.secrets["accessKey"],
        "SECRET_KEY": store.secrets["secretKey"],
        "WEED_JWT_SIGNING_KEY": store.secrets["volumes"],
        "WEED_JWT_FILER_SIGNING_KEY": store.secrets["filers"],
    }
    done = subprocess.run(
        ["sh", str(folder / "files" / script)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

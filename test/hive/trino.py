"""Trino as the site has it, against the metastore on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from rig import PATIENCE, ROOT, SITE, Metastore, Site

Rows = list[list[object]]


def ask(site: Site, metastore: Metastore, *statements: tuple[str, str]) -> list[Rows | str]:
    """What Trino answers statements of teams with its catalogs `lake` and `hive`: rows, or why it refuses."""
    changes = {"hive.metastore.uri": f"thrift://127.0.0.1:{metastore.port}", "s3.endpoint": site.store.url.geturl()}
    task = {
        "site": SITE,
        "keys": site.store.keys,
        "catalogs": {"lake": changes, "hive": changes},
        "statements": statements,
    }
    command = [sys.executable, str(ROOT / "test/trino/answer.py")]
    # Its Java is a newer one, and its modules have names of their own.
    environment = os.environ | {"JAVA_HOME": os.environ["TRINO_JAVA_HOME"], "PYTHONPATH": ""}
    made = subprocess.run(
        command, input=json.dumps(task), capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE * 6
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-8000:]
    return list(json.loads(made.stdout.splitlines()[-1]))

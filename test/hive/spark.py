"""Spark as a session of a team has it, against the metastore on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from rig import PATIENCE, Metastore, Site, find

TEAM = "team-ingestion"


def spark_conf(site: Site, metastore: Metastore) -> dict[str, str]:
    """What a session of a team is told of tables, with this machine in place of the cluster."""
    text = find(site.every, "ConfigMap", TEAM, "spark-defaults")["data"]["spark-defaults.conf"]
    lines = (line.split(" ", 1) for line in text.splitlines() if line.startswith(("spark.sql.", "spark.hadoop.fs.s3a.")))
    found = {key: site.here(value) for key, value in lines}
    assert found["spark.sql.catalog.lake.uri"] == "http://metastore.hive.svc:9001/iceberg"
    return found | {"spark.sql.catalog.lake.uri": f"http://127.0.0.1:{metastore.catalog}/iceberg"}


def run_spark(folder: Path, program: str, conf: dict[str, str]) -> dict[str, object]:
    file = folder / "program.py"
    file.write_text(program)
    settings = conf | {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.host": "127.0.0.1"}
    flags = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    command = [f"{os.environ['SPARK_HOME']}/bin/spark-submit", "--master", "local[2]", "--driver-memory", "1g"]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    made = subprocess.run(
        [*command, *flags, str(file)], capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=PATIENCE * 2
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-8000:]
    found: dict[str, object] = json.loads(made.stdout.splitlines()[-1])
    return found

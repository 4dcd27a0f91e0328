"""A table with transactions, by the engine of HiveServer2 with its settings: what it runs in a pod runs here in a process."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path

from rig import CATALOG, PATIENCE, Metastore, Site, until


def hive(site: Site, metastore: Metastore, classes: Path, folder: Path, *statements: str) -> dict[int, list[str]]:
    """Rows of statements by their number; columns between tabs."""
    conf = folder / "conf"
    uri = f"thrift://127.0.0.1:{metastore.port}"
    settings = site.configuration("hiveserver2", conf, **{"hive.metastore.uris": uri})
    assert settings["hive.txn.manager"].endswith("DbTxnManager") and settings["tez.local.mode"] == "true"
    command = site.java("hiveserver2", conf, "Acid", *statements, classes=str(classes), memory="1g")
    command[command.index("-cp") + 1] += f":{CATALOG}/*"
    environment = os.environ | {"HIVE_CONF_DIR": str(conf), "HADOOP_USER_NAME": getpass.getuser()}
    made = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=PATIENCE * 2
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-8000:]
    rows: dict[int, list[str]] = {}
    for line in made.stdout.splitlines():
        if line.startswith("row\t"):
            _, index, row = line.split("\t", 2)
            rows.setdefault(int(index), []).append(row)
    return rows


def test_insert_update_delete_and_compaction(
    site: Site, metastores: list[Metastore], classes: Path, tmp_path: Path
) -> None:
    first, _ = metastores
    create = "create table stock (id int, name string, amount int) stored as orc tblproperties ('transactional'='true')"
    folder = site.warehouse / "managed/stock"
    rows = hive(
        site,
        first,
        classes,
        tmp_path / "one",
        create,
        "insert into stock values (1, 'tea', 5), (2, 'salt', 7), (3, 'rice', 9)",
        "insert into stock values (4, 'oil', 1)",
        "update stock set amount = amount + 10 where id = 2",
        "delete from stock where id = 3",
        "select id, name, amount from stock order by id",
    )
    expected = ["1\ttea\t5", "2\tsalt\t17", "4\toil\t1"]
    assert rows[5] == expected
    before = sorted(each.name for each in folder.iterdir())
    assert len([name for name in before if name.startswith("delta_")]) >= 3
    assert len([name for name in before if name.startswith("delete_delta_")]) == 2
    again = hive(
        site, first, classes, tmp_path / "two", "alter table stock compact 'major' and wait", "select id, name, amount from stock order by id"
    )
    assert again[1] == expected
    # The one that leads cleans up after the one that compacted.
    until(lambda: [each.name[:5] for each in folder.iterdir()] == ["base_"], "the end of what was compacted")
    assert site.postgres.sql("""select "CC_TYPE", "CC_STATE" from "COMPLETED_COMPACTIONS" where "CC_TABLE" = 'stock'""") == ["a|s"]

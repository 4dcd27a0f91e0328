"""Has Trino answer of a table of Iceberg in a store that speaks S3, with the catalog `lake` of a site:

    answer.py <task.json

The task has `site`, `keys` (variables of the environment with the keys of the store), `location` and `metadata` (the
folder of the table, and the name of its newest metadata file) and `sql`, in which the table is `lake.medallion.trips`. Prints
a line of JSON: the rows, as the team sees them that the overlay lets read it. The rest is as in the tests beside: files
instead of a metastore, one worker.
"""

import json
import sys
import tempfile
from pathlib import Path

from cluster import Cluster, properties, render, replaced
from issuer import Issuer


class Lake(Cluster):
    """One worker, and no catalog but `lake`, whose tables lie in the store."""

    def __init__(self, folder: Path, rendered: dict, issuer_url: str, site: str, keys: dict[str, str]) -> None:
        super().__init__(folder, rendered, issuer_url)
        self.site = site
        self.workers = self.workers[:1]
        self.environment |= keys

    def catalogs(self, cache: Path) -> dict[str, str]:
        values = properties(self.rendered["catalogs"][self.site]["lake.properties"])
        del values["hive.metastore.uri"]
        (cache / "lake").mkdir()
        values = replaced(values, iceberg_catalog_type="TESTING_FILE_METASTORE", fs_cache_directories=str(cache / "lake"))
        values |= {
            "hive.metastore.catalog.dir": "local:///",
            "local.location": str(self.lake),
            "fs.local.enabled": "true",
        }
        return {"lake.properties": "".join(f"{key}={value}\n" for key, value in values.items())}


def main() -> None:
    task = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "trino"
        folder.mkdir()
        issuer = Issuer(Path(made))
        lake = Lake(folder, render(), issuer.url, task["site"], task["keys"])
        try:
            lake.start()
            lake.query("ingestion", "CREATE SCHEMA lake.medallion")
            given = f"'medallion', 'trips', '{task['location']}', '{task['metadata']}'"
            lake.query("ingestion", f"CALL lake.system.register_table({given})")
            print(json.dumps(lake.query("analytics", task["sql"])))
        finally:
            lake.stop()
            issuer.stop()


if __name__ == "__main__":
    main()

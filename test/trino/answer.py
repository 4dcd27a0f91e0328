"""Has Trino, with catalogs of a site, answer statements about tables in a store that speaks S3:

    answer.py <task.json

The task has `site`; `keys`, variables of the environment with the keys of the store; `catalogs`, for the name of each what
its rendered settings have otherwise here; and `statements`, pairs of a team and its SQL. Prints a line of JSON: the rows of
each statement, or a string why it was refused. A catalog that is not told of a metastore has files for one. The rest is as in
the tests beside: one worker.
"""

import json
import sys
import tempfile
from pathlib import Path

from cluster import Cluster, Refused, lines, properties, render
from issuer import Issuer

Changes = dict[str, dict[str, str]]


class Lake(Cluster):
    """One worker, and no catalogs but those whose tables lie in the store."""

    def __init__(self, folder: Path, rendered: dict, issuer_url: str, task: dict) -> None:
        super().__init__(folder, rendered, issuer_url)
        self.task = task
        self.workers = self.workers[:1]
        self.environment |= task["keys"]

    def catalogs(self, cache: Path) -> dict[str, str]:
        given = self.rendered["catalogs"][self.task["site"]]
        changes: Changes = self.task["catalogs"]
        return {f"{name}.properties": self._catalog(given, name, each, cache) for name, each in changes.items()}

    def _catalog(self, given: dict[str, str], name: str, changes: dict[str, str], cache: Path) -> str:
        folder = cache / name
        folder.mkdir()
        values = properties(given[f"{name}.properties"])
        assert changes.keys() <= values.keys(), changes.keys() - values.keys()
        values |= changes | {"fs.cache.directories": str(folder)}
        if "hive.metastore.uri" not in changes:
            del values["hive.metastore.uri"]
            values |= {
                "iceberg.catalog.type": "TESTING_FILE_METASTORE",
                "hive.metastore.catalog.dir": "local:///",
                "local.location": str(self.lake),
                "fs.local.enabled": "true",
            }
        return lines(values)

    def answer(self, team: str, sql: str) -> list | str:
        try:
            return self.query(team, sql)
        except Refused as refused:
            return str(refused)


def main() -> None:
    task = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "trino"
        folder.mkdir()
        issuer = Issuer(Path(made))
        lake = Lake(folder, render(), issuer.url, task)
        try:
            lake.start()
            print(json.dumps([lake.answer(team, sql) for team, sql in task["statements"]]))
        finally:
            lake.stop()
            issuer.stop()


if __name__ == "__main__":
    main()

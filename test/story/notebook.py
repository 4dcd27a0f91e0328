"""The guide of a scientist in a real Jupyter kernel: its cells, one by one, as they stand there."""

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import nbformat
from job import HERE, PATIENCE, environment
from nbclient import NotebookClient
from rendered import Site

TEAM = "team-science"
CELL = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Looks at what the cells have left.
CHECK = """
import json
from pyspark.ml import PipelineModel
again = PipelineModel.load(lake.uri("curated", "models/revenue")).transform(test)
apart = again.join(predicted, ["pickup_date", "zone", "hour"]).where(again.prediction != predicted.prediction).count()
told = {
    "application": spark.sparkContext.applicationId,
    "rows": hourly.count(),
    "trips": hourly.agg({"trips": "sum"}).first()[0],
    "copied": trips.count(),
    "r2": r2,
    "tested": test.count(),
    "apart": apart,
}
spark.stop()
print(json.dumps(told))
"""


def cells(guide: Path) -> list[str]:
    found = CELL.findall(guide.read_text())
    assert len(found) >= 4, f"{guide.name} has {len(found)} cells"
    return found


def work(site: Site, guide: Path, folder: Path) -> dict[str, Any]:
    """Runs the cells in a server's environment; what the last one tells."""
    given = site.notebook()
    conf, module = folder / "notebook/conf", folder / "notebook/module"
    for each in (conf, module):
        each.mkdir(parents=True)
    (conf / "spark-defaults.conf").write_text(
        site.with_folder(site.file("spark-defaults", TEAM, "spark-defaults.conf"))
    )
    (module / "lake.py").write_text(site.file("notebook-lake", TEAM, "lake.py"))
    submit = given["submit"].replace("$(POD_IP)", "127.0.0.1").replace("$(POD_NAME)", "jupyter-ada")
    flags = shlex.join(part for key, value in HERE.items() if value for part in ("--conf", f"{key}={value}"))
    # A setting without a value cannot be written there: it has its place in the file.
    with (conf / "spark-defaults.conf").open("a") as file:
        file.writelines(f"{key}\n" for key, value in HERE.items() if not value)
    variables = environment(folder) | given["environment"]
    variables |= {
        "HOME": str(folder / "notebook"),
        "PYTHONPATH": str(module),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "JUPYTERHUB_USER": "ada",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": submit.removesuffix("pyspark-shell") + f"{flags} pyspark-shell",
    }
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in [*cells(guide), CHECK]])
    client = NotebookClient(book, timeout=PATIENCE, kernel_name="python3")
    client.execute(env=variables, cwd=str(folder))
    outputs = book.cells[-1].outputs
    text = "".join(each.get("text", "") for each in outputs if each.output_type == "stream")
    told: dict[str, Any] = json.loads(text.splitlines()[-1])
    return told
